import type { SubscriberArgs, SubscriberConfig } from "@medusajs/framework";
import { ContainerRegistrationKeys, Modules } from "@medusajs/framework/utils";

import { orderPlacedMail } from "../mail/order-placed";
import { orderFields, placedOrder } from "../mail/placed-order";

export const config: SubscriberConfig = { event: "order.placed" };

/** Mails the customer. A mail that can not be sent throws: the event is then tried again, and the order knows nothing of it. */
export default async function mailOrderPlaced({ event, container }: SubscriberArgs<{ id: string }>): Promise<void> {
  if (!process.env.SMTP_HOST) return;
  const query = container.resolve(ContainerRegistrationKeys.QUERY);
  const orders = await query.graph({ entity: "order", fields: orderFields, filters: { id: event.data.id } });
  const stores = await query.graph({ entity: "store", fields: ["name"] });
  const order: any = orders.data[0];
  if (!order?.email) return;

  // Once, even if the event comes twice. Medusa's own idempotency key can not be tried again after a failure.
  const notifications = container.resolve(Modules.NOTIFICATION);
  const about = { channel: "email", template: "order-placed", resource_type: "order", resource_id: order.id as string };
  const sent = await notifications.listNotifications({ ...about, status: "success" } as object, { select: ["id"], take: 1 });
  if (sent.length) return;

  const shop: string = stores.data[0]?.name ?? "";
  await notifications.createNotifications({
    ...about,
    to: order.email,
    // The sender's name; its address is the environment's.
    from: shop,
    content: orderPlacedMail(placedOrder(order, shop)),
    trigger_type: event.name,
  });
}

import type { MedusaRequest, MedusaResponse } from "@medusajs/framework/http";
import { ContainerRegistrationKeys } from "@medusajs/framework/utils";

import { recordOf } from "../../seed/plan";
import { publishableKey } from "../../shop/publishable-key";

/** All that the storefront has to know of its shop. The Ingress leads nobody here; nothing in it is secret. */
export async function GET(req: MedusaRequest, res: MedusaResponse): Promise<void> {
  const query = req.scope.resolve(ContainerRegistrationKeys.QUERY);
  const [stores, keys] = await Promise.all([
    query.graph({ entity: "store", fields: ["name", "metadata", "default_sales_channel_id"] }),
    query.graph({
      entity: "api_key",
      fields: ["id", "token", "created_by", "created_at", "revoked_at", "sales_channels.id"],
      filters: { type: "publishable" },
    }),
  ]);
  const store: any = stores.data[0];
  const record = recordOf(store?.metadata);
  const key = publishableKey(keys.data as never[], store?.default_sales_channel_id);
  if (!record || !key) {
    res.status(503).json({ message: "the shop is not seeded yet" });
    return;
  }
  res.json({ title: store.name, publishableKey: key.token, currency: record.currency, country: record.country });
}

import { createStockLocationsWorkflow, linkSalesChannelsToStockLocationWorkflow } from "@medusajs/medusa/core-flows";
import { ContainerRegistrationKeys, Modules } from "@medusajs/framework/utils";

import { mark, marked } from "./plan";
import type { Seed } from "./seed";

/** The provider that comes with Medusa: somebody packs and sends. */
export const fulfillmentProvider = "manual_manual";

/** The place that the listed products are in stock at and sent from. */
export async function followLocation({ container, list, find, log }: Seed, channelId: string): Promise<string> {
  const found = marked(await find("stock_location", ["id", "metadata", "sales_channels.id", "fulfillment_providers.id"]));
  let id: string | undefined = found?.id;
  if (id === undefined) {
    log("stock location");
    const address = { address_1: "", country_code: list.country };
    const { result } = await createStockLocationsWorkflow(container).run({
      input: { locations: [{ name: "Warehouse", address, metadata: { [mark]: "location" } }] },
    });
    id = result[0]!.id;
  }
  if (!found?.sales_channels?.length) {
    log("sales channel of the stock location");
    await linkSalesChannelsToStockLocationWorkflow(container).run({ input: { id, add: [channelId] } });
  }
  if (!found?.fulfillment_providers?.length) {
    log("fulfilment provider of the stock location");
    const link = container.resolve(ContainerRegistrationKeys.LINK);
    await link.create({ [Modules.STOCK_LOCATION]: { stock_location_id: id }, [Modules.FULFILLMENT]: { fulfillment_provider_id: fulfillmentProvider } });
  }
  return id;
}

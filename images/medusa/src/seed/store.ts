import { isDeepStrictEqual } from "node:util";
import { createSalesChannelsWorkflow, updateStoresWorkflow } from "@medusajs/medusa/core-flows";

import { mark, planCurrencies, recordOf, type SeedRecord } from "./plan";
import type { Seed } from "./seed";

export interface Store {
  id: string;
  name: string;
  metadata: Record<string, unknown> | null;
  supported_currencies: { currency_code: string; is_default: boolean }[];
  /** Where products are offered; Medusa makes one at its first start, and the owner may choose another. */
  channelId: string;
}

export async function findStore({ container, find, log }: Seed): Promise<Store> {
  const fields = ["id", "name", "metadata", "default_sales_channel_id", "supported_currencies.currency_code", "supported_currencies.is_default"];
  const [store] = await find("store", fields);
  if (!store) throw new Error("the database holds no store, which Medusa makes when it starts: were all migrations run?");
  if (store.default_sales_channel_id) return { ...store, channelId: store.default_sales_channel_id };

  log("default sales channel");
  const { result } = await createSalesChannelsWorkflow(container).run({ input: { salesChannelsData: [{ name: "Default Sales Channel" }] } });
  const channelId = result[0]!.id;
  await updateStoresWorkflow(container).run({ input: { selector: { id: store.id }, update: { default_sales_channel_id: channelId } } });
  return { ...store, channelId };
}

/** The seed's last step: name, currency, and the record of what was seeded, by which the storefront knows a seeded shop. */
export async function followStore({ container, list, log }: Seed, store: Store): Promise<void> {
  const previous = recordOf(store.metadata);
  const record: SeedRecord = { country: list.country, countries: list.countries, currency: list.currency, accent: list.accent };
  const currencies = planCurrencies(store.supported_currencies, list.currency, previous === undefined);
  if (store.name === list.title && currencies.isDone && isDeepStrictEqual(previous, record)) return;
  log("name and currency");
  const update = { name: list.title, supported_currencies: currencies.result, metadata: { ...store.metadata, [mark]: record } };
  await updateStoresWorkflow(container).run({ input: { selector: { id: store.id }, update } });
}

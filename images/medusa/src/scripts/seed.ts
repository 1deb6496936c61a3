import type { ExecArgs } from "@medusajs/framework/types";

import { followAdmin } from "../seed/admin";
import { followKey } from "../seed/key";
import { readList } from "../seed/list";
import { followLocation } from "../seed/location";
import { recordOf } from "../seed/plan";
import { followProductCurrency, followProducts } from "../seed/products";
import { writeKey } from "../seed/publishable-key";
import { checkCodes, followRegion, followTaxRegions } from "../seed/region";
import { seedOf } from "../seed/seed";
import { findProfile, followShippingOption, followZone } from "../seed/shipping";
import { findStore, followStore } from "../seed/store";

/**
 * Brings $SEED_FILE and the products of $PRODUCTS_FOLDER into the shop. Whatever shoppers notice of a changed list comes last, once all it needs is there;
 * only one seed may run at a time.
 */
export default async function seed({ container }: ExecArgs): Promise<void> {
  const list = readList(process.env.SEED_FILE, process.env.PRODUCTS_FOLDER);
  const run = seedOf(container, list);
  await checkCodes(run);

  const store = await findStore(run);
  const previous = recordOf(store.metadata);
  const locationId = await followLocation(run, store.channelId);
  const profileId = await findProfile(run);
  const zoneId = await followZone(run, locationId, previous?.countries);
  await followShippingOption(run, zoneId, profileId);
  await followProducts(run, { channelId: store.channelId, profileId, locationId });
  if (previous && previous.currency !== list.currency) await followProductCurrency(run);
  await followTaxRegions(run);
  await followRegion(run, previous?.countries);
  const key = await followKey(run, store.channelId);
  await followAdmin(run, process.env.ADMIN_PASSWORD);
  await followStore(run, store);
  if (process.env.PUBLISHABLE_KEY_FILE) writeKey(process.env.PUBLISHABLE_KEY_FILE, key);
  run.log(`the shop is as the list has it, with ${list.products.length} listed products`);
}

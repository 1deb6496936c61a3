import { createShippingOptionsWorkflow, createShippingProfilesWorkflow, deleteShippingOptionsWorkflow } from "@medusajs/medusa/core-flows";
import { ContainerRegistrationKeys, Modules } from "@medusajs/framework/utils";

import { fulfillmentProvider } from "./location";
import { mark, marked, planCountries } from "./plan";
import type { Seed } from "./seed";

/** Products of this profile can be sent by the option below. Medusa's data scripts make it. */
export async function findProfile({ container, find, log }: Seed): Promise<string> {
  const [profile] = await find("shipping_profile", ["id"], { type: "default" });
  if (profile) return profile.id;
  log("shipping profile");
  const { result } = await createShippingProfilesWorkflow(container).run({ input: { data: [{ name: "Default Shipping Profile", type: "default" }] } });
  return result[0]!.id;
}

/** Where the shop sends to: the zone's countries. A fulfilment set and its zone are made at once, then tied to the location. */
export async function followZone(seed: Seed, locationId: string, previous: string[] | undefined): Promise<string> {
  const { container, list, find, log } = seed;
  const fulfillment = container.resolve(Modules.FULFILLMENT);
  const country = (code: string) => ({ type: "country" as const, country_code: code });

  const fields = ["id", "metadata", "location.id", "service_zones.id", "service_zones.geo_zones.id", "service_zones.geo_zones.country_code"];
  let set = marked(await find("fulfillment_set", fields));
  if (!set) {
    log("shipping zone");
    const zones = [{ name: "Shipping", geo_zones: list.countries.map(country) }];
    // The types of this call and of the shipping option below forget that both have metadata.
    const data = { name: "Warehouse shipping", type: "shipping", service_zones: zones, metadata: { [mark]: "shipping" } };
    set = (await fulfillment.createFulfillmentSets(data)) as any;
  }
  if (!set.location) {
    log("stock location of the shipping zone");
    const link = container.resolve(ContainerRegistrationKeys.LINK);
    await link.create({ [Modules.STOCK_LOCATION]: { stock_location_id: locationId }, [Modules.FULFILLMENT]: { fulfillment_set_id: set.id } });
  }

  const zone = set.service_zones[0];
  const geoZones: { id: string; country_code: string }[] = zone.geo_zones;
  const { add, remove } = planCountries(
    geoZones.map(({ country_code }) => country_code),
    list.countries,
    previous,
  );
  if (add.length) {
    log(`shipping to ${add.join(", ")}`);
    await fulfillment.createGeoZones(add.map((code) => ({ ...country(code), service_zone_id: zone.id })));
  }
  if (remove.length) {
    log(`no more shipping to ${remove.join(", ")}`);
    await fulfillment.deleteGeoZones(geoZones.filter(({ country_code }) => remove.includes(country_code)).map(({ id }) => id));
  }
  return zone.id;
}

/** The standard way of shipping, at the list's price. */
export async function followShippingOption(seed: Seed, zoneId: string, profileId: string): Promise<void> {
  const { container, list, find, log } = seed;
  const price = { currency_code: list.currency, amount: list.shippingPrice };

  let option = marked(await find("shipping_option", ["id", "metadata", "price_set_link.price_set_id", "prices.*", "prices.price_rules.id"]));
  if (option && !option.price_set_link) {
    log("removing a shipping option that was left without prices");
    await deleteShippingOptionsWorkflow(container).run({ input: { ids: [option.id] } });
    option = undefined;
  }
  if (!option) {
    log("shipping option");
    // One that is made along with the option would be left alone by a run that is killed between the two.
    const code = "standard";
    const { id: typeId } =
      (await find("shipping_option_type", ["id"], { code }))[0] ??
      (await container.resolve(Modules.FULFILLMENT).createShippingOptionTypes({ label: "Standard", description: "Standard shipping", code }));
    const rule = (attribute: string, value: string) => ({ attribute, operator: "eq" as const, value });
    await createShippingOptionsWorkflow(container).run({
      input: [
        {
          name: "Standard",
          price_type: "flat",
          provider_id: fulfillmentProvider,
          service_zone_id: zoneId,
          shipping_profile_id: profileId,
          type_id: typeId,
          rules: [rule("enabled_in_store", "true"), rule("is_return", "false")],
          prices: [price],
          metadata: { [mark]: "standard" },
        } as any,
      ],
    });
    return;
  }

  const current = option.prices.find((entry: any) => entry.currency_code === list.currency && !entry.price_rules?.length);
  if (current && Number(current.amount) === list.shippingPrice) return;
  log(`shipping price: ${list.shippingPrice} ${list.currency}`);
  // By its id one is changed; without, Medusa would put another beside it, and shoppers would go on paying the first.
  const changed = { ...(current && { id: current.id }), ...price };
  await container.resolve(Modules.PRICING).addPrices({ priceSetId: option.price_set_link.price_set_id, prices: [changed] });
}

import { createRegionsWorkflow, createTaxRegionsWorkflow, updateRegionsWorkflow } from "@medusajs/medusa/core-flows";
import { Modules } from "@medusajs/framework/utils";

import { mark, marked, planCountries } from "./plan";
import type { Seed } from "./seed";

/** Medusa's manual payment: cash on delivery. */
const payment = "pp_system_default";

/** Countries and currencies that Medusa does not know would stop it half-way, with less to say. */
export async function checkCodes({ container, list, find }: Seed): Promise<void> {
  const known = await container.resolve(Modules.REGION).listCountries({ iso_2: list.countries }, { select: ["iso_2"], take: null as never });
  const unknown = list.countries.filter((code) => !known.some(({ iso_2 }) => iso_2 === code));
  if (unknown.length) throw new Error(`Medusa can not sell to ${unknown.join(", ").toUpperCase()}: remove it from the countries`);
  const [currency] = await find("currency", ["code"], { code: list.currency });
  if (!currency) throw new Error(`Medusa has no currency ${list.currency.toUpperCase()}: choose another`);
}

/** A tax region says who computes the tax of a country; rates are the shop owner's to set. */
export async function followTaxRegions({ container, list, find, log }: Seed): Promise<void> {
  const found = await find("tax_region", ["country_code"], { country_code: list.countries, parent_id: null });
  const missing = list.countries.filter((code) => !found.some(({ country_code }) => country_code === code));
  if (!missing.length) return;
  log(`tax regions: ${missing.join(", ")}`);
  await createTaxRegionsWorkflow(container).run({ input: missing.map((code) => ({ country_code: code, provider_id: "tp_system" })) });
}

/** The region: currency, payment, and the countries that no region of the shop owner's has. */
export async function followRegion(seed: Seed, previous: string[] | undefined): Promise<void> {
  const { container, list, find, log } = seed;
  const regions = await find("region", ["id", "metadata", "currency_code", "countries.iso_2", "payment_providers.id"]);
  const own = marked(regions);
  const elsewhere: string[] = regions.filter(({ id }) => id !== own?.id).flatMap((region) => countriesOf(region));
  const wanted = list.countries.filter((code) => !elsewhere.includes(code));

  if (!own) {
    // The owner sells to all of them by other regions: nothing is left for this one.
    if (!wanted.length) return;
    log("region");
    const region = { name: "Main", currency_code: list.currency, countries: wanted, payment_providers: [payment], metadata: { [mark]: "main" } };
    await createRegionsWorkflow(container).run({ input: { regions: [region] } });
    return;
  }

  const current = countriesOf(own);
  const { add, remove, result } = planCountries(current, wanted, previous);
  const update = {
    ...(own.currency_code !== list.currency && { currency_code: list.currency }),
    ...((add.length || remove.length) && { countries: result }),
    // None at all: the region was made and the run killed.
    ...(!own.payment_providers?.length && { payment_providers: [payment] }),
  };
  if (!Object.keys(update).length) return;
  log(`region: ${Object.keys(update).join(", ")}`);
  await updateRegionsWorkflow(container).run({ input: { selector: { id: own.id }, update } });
}

const countriesOf = (region: { countries?: { iso_2: string }[] }) => (region.countries ?? []).map(({ iso_2 }) => iso_2);

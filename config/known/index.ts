import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../root";

/** What an engine knows, by its own tables; README.md says where they come from. */
interface Known {
  /** ISO 3166-1 codes, with XK for Kosovo. */
  countries: ReadonlySet<string>;
  /** Decimals of each currency, by its ISO 4217 code. */
  decimals: ReadonlyMap<string, number>;
}

interface Facts {
  countries: string;
  currencies: Record<string, string>;
  timezones?: Record<string, string>;
}
const factsOf = (engine: string) => JSON.parse(readFileSync(join(projectRoot, "config/known", `${engine}.json`), "utf8")) as Facts;
const facts = { woocommerce: factsOf("woocommerce"), medusa: factsOf("medusa") };

const knownOf = ({ countries, currencies }: Facts): Known => ({
  countries: new Set(countries.split(" ")),
  decimals: new Map(Object.entries(currencies).flatMap(([decimals, codes]) => codes.split(" ").map((code): [string, number] => [code, Number(decimals)]))),
});

export const known = { woocommerce: knownOf(facts.woocommerce), medusa: knownOf(facts.medusa) };

/** Decimals of a currency; absent: the engine does not know it. */
export const decimalsOf = (engine: keyof typeof known, currency: string): number | undefined => known[engine].decimals.get(currency);

/** Time zones that WordPress takes and that keep to their own rules, by the name in lower case. */
export const timezones: ReadonlyMap<string, string> = new Map(
  Object.entries(facts.woocommerce.timezones ?? {}).flatMap(([area, places]) =>
    places.split(" ").map((place) => (area ? `${area}/${place}` : place)).map((zone): [string, string] => [zone.toLowerCase(), zone]),
  ),
);

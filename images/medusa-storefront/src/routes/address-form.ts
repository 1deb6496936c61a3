import type { Country } from "../medusa/shop";
import { fields, type AddressForm, type FieldName, type Problems } from "../pages/address";

const maxLength = 200;
/** Countries that have no postcodes, or hardly use them. */
const withoutPostcode = new Set("ae ag ao aw bf bi bj bo bs bw bz cd cf cg ci ck cm dj dm er fj gd gh gm gq gy hk ie jm ki km kn kp ly mo mr mw nr nu qa rw sb sc sl sr st sy td tg tk to tv ug vu ye zw".split(" "));

export function readAddress(field: (name: FieldName) => string): AddressForm {
  return Object.fromEntries(fields.map(({ name }) => [name, field(name)]).filter(([, value]) => value));
}

/** Only what is certain; whether an address exists is for the shop to judge. */
export function checkAddress(values: AddressForm, countries: Country[]): Problems {
  const problems: Problems = {};
  for (const { name, label, optional } of fields) {
    const value = values[name];
    const needed = !optional && !(name === "postal_code" && withoutPostcode.has(values.country_code ?? ""));
    if (!value && needed) problems[name] = `${label} is missing.`;
    else if (value && value.length > maxLength) problems[name] = `${label} is too long: ${maxLength} characters at most.`;
  }
  if (values.email && !problems.email && !/^[^\s@]+@[^\s@]+\.[^\s@.]+$/.test(values.email)) problems.email = "This is not an e-mail address, such as ada@example.com.";
  if (values.country_code && !countries.some(({ code }) => code === values.country_code)) problems.country_code = "We do not deliver to this country.";
  return problems;
}

/** The field that a message of the backend is about. */
export function fieldOf(message: string): FieldName | "form" {
  const words: [RegExp, FieldName][] = [
    [/e-?mail/i, "email"],
    [/country/i, "country_code"],
    [/postal|postcode|zip/i, "postal_code"],
    [/phone/i, "phone"],
    [/province|state/i, "province"],
    [/city/i, "city"],
    [/address/i, "address_1"],
    [/first.?name/i, "first_name"],
    [/last.?name/i, "last_name"],
  ];
  return words.find(([word]) => word.test(message))?.[1] ?? "form";
}

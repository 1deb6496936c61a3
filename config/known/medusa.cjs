// Prints medusa.json, from the packages that are installed in the folder it is run in.
const { createRequire } = require("node:module");
const { join } = require("node:path");

const { defaultCountries, defaultCurrencies } = createRequire(join(process.cwd(), "package.json"))("@medusajs/framework/utils");

const known = {
  countries: defaultCountries.map(({ alpha2 }) => alpha2.toUpperCase()).sort().join(" "),
  currencies: {},
};
for (const { code, decimal_digits } of Object.values(defaultCurrencies).sort((a, b) => (a.code < b.code ? -1 : 1))) {
  const others = known.currencies[decimal_digits];
  known.currencies[decimal_digits] = others ? `${others} ${code}` : code;
}
console.log(JSON.stringify(known, null, 2));

import assert from "node:assert/strict";
import { ListErrors } from "../../../config/errors";
import { parseStores } from "../../../config/load";

/** The messages for a text, or none. */
function errorsOf(text: string, hostSuffix?: string): string[] {
  try {
    parseStores("list.yaml", text, { hostSuffix });
    return [];
  } catch (error) {
    assert.ok(error instanceof ListErrors, String(error));
    return error.problems.length === 0 ? ["no problem"] : error.message.split("\n");
  }
}

const one = (entry: string) => `stores:\n  - name: acme\n    engine: medusa\n    ${entry}\n`;
const named = (name: string) => `stores:\n  - name: ${name}\n    engine: medusa\n`;
const specs = (text: string) => parseStores("list.yaml", text).stores.map((store) => store.spec);

describe("stores list: what is refused", () => {
  const nameRule = "use lowercase letters, digits and hyphens, starting with a letter and ending with a letter or digit";
  const reservedRule = "choose another, such as one with -shop at its end";
  const priceRule = "write a number from 0 to 9999999.99 in plain digits, with a point before its decimals, such as 49.99";
  const stockRule = "write a whole number from 0 to 1000000000, in plain digits";
  const storeKeys = "engine, plan, products, adminEmail, currency, country, labels, protected, suspended, woocommerce, medusa, name, title, domains, secrets";
  const empty = 'stores is missing or empty — list the stores below it, or write "stores: []" if none is to run';

  const cases: [what: string, text: string, ...expected: string[]][] = [
    ["an empty file", "", '1:1: the list is empty — write "stores: []" if no store is to run'],
    ["comments alone", "# stores:\n", '1:1: the list is empty — write "stores: []" if no store is to run'],
    ["a list cut off after its first key", "defaults:\n  plan: small\nstores:\n", `3:1: ${empty}`],
    ["a list cut off before its stores", "defaults:\n  plan: small\n", `1:1: ${empty}`],
    ["text instead of a mapping", "hello\n", "1:1: the list is text (value hello) — write a mapping (key: value)"],
    ["broken YAML: an open quote", 'stores:\n  - name: "acme\n', "3:1: a quote is not closed — close it"],
    ["broken YAML: an open bracket", "stores: [\n", "2:1: a bracket is not closed — close it"],
    ["broken YAML: a missing colon", "stores:\n  - name: acme\n    engine medusa\n", '3:5: a key without colon and value — write it as "key: value"'],
    ["broken YAML: a colon too many", "stores: a: b\n", "1:9: a second colon on one line — put the text in quotes, or start a new line"],
    ["tabs", "stores:\n\t- name: acme\n", "2:1: a tab in the indentation — indent with spaces"],
    ["two documents", "stores: []\n---\nstores: []\n", '2:1: a second document starts here — keep one list in a file: remove the "---" and what does not belong'],
    ["YAML 1.1", "%YAML 1.1\n---\nstores: []\n", "1:1: a %YAML 1.1 directive — remove it: lists are YAML 1.2"],
    ["an unknown tag", "stores: !include x\n", '1:9: an unknown tag (a word that starts with "!") — remove it, or put the text in quotes'],
    ["duplicate keys", one("engine: medusa"), "4:5: a duplicate key (value engine) — keep one of the two; the first is at 3:5"],
    ["two lists of stores in one file", "stores: []\nstores: []\n", "2:1: a duplicate key (value stores) — keep one of the two; the first is at 1:1"],
    ["a merge key", one("<<: {plan: small}"), "4:5: stores[0][\"<<\"] is not a known key (value <<) — merge keys are not part of YAML 1.2: write the values out, or put what stores share under defaults:"],
    ["a key that is a list", one("? [a]\n    : b"), "4:7: this can not be a key (value [a]) — write a plain word before the colon"],
    ["__proto__", one("__proto__: {}"), "4:5: this can not be a key (value __proto__) — write a plain word before the colon"],
    ["an alias without anchor", "stores: *gone\n", "1:9: nothing is anchored by this name (value *gone) — put &gone before the value that is meant"],
    ["a value that holds itself", "stores: &all\n  - *all\n", "2:5: the value holds itself (value *all) — write it out"],

    ["a Secret of another engine's shop", one("secrets: { salts: acme-salts }"), "4:16: stores[0].secrets.salts is no Secret of a store of engine medusa (value salts) — remove it; its kinds are admin, database, redis, app"],
    ["an unknown kind of Secret", one("secrets: { databse: acme-db }"), '4:16: stores[0].secrets.databse is not a known key (value databse) — did you mean "database"? known: admin, database, salts, redis, app'],
    ["a Secret of two kinds", one("secrets: { database: acme, redis: acme }"), "4:39: stores[0].secrets.redis names a Secret that is another kind's (value acme) — give each kind a Secret of its own; the other is at 4:26"],
    ["a Secret that is no name", one("secrets: { redis: Acme }"), "4:23: stores[0].secrets.redis is not the name of a Secret (value Acme) — use lowercase letters, digits, hyphens and dots"],
    ...["medusa-redis", "woocommerce-x", "smtp", "image-pull"].map((own): [string, string, string] => [`the Secret ${own}`, one(`secrets: { redis: ${own} }`), `4:23: stores[0].secrets.redis is a name that Storefleet gives to Secrets of its own (value ${own}) — choose another, such as acme-database`]),
    ["Secrets for several stores", "defaults: { engine: medusa, secrets: { redis: a } }\nstores: []\n", '1:29: defaults.secrets is not a known key (value secrets) — known: engine, plan, products, adminEmail, currency, country, labels, protected, suspended, woocommerce, medusa'],

    ["a name with a capital", named("Acme"), `2:11: stores[0].name is not a store name (value Acme) — ${nameRule}`],
    ["a name with a dot", named("ac.me"), `2:11: stores[0].name is not a store name (value ac.me) — ${nameRule}`],
    ["a name with a leading digit", named("1acme"), `2:11: stores[0].name is not a store name (value 1acme) — ${nameRule}`],
    ["a name with a leading hyphen", named("-acme"), `2:11: stores[0].name is not a store name (value -acme) — ${nameRule}`],
    ["a name with a trailing hyphen", named("acme-"), `2:11: stores[0].name is not a store name (value acme-) — ${nameRule}`],
    ["a name with an underscore", named("ac_me"), `2:11: stores[0].name is not a store name (value ac_me) — ${nameRule}`],
    ["a name with a line break at its end", named('"acme\\n"'), `2:11: stores[0].name is not a store name (value "acme\\n") — ${nameRule}`],
    ["an empty name", named('""'), `2:11: stores[0].name is not a store name (value "") — ${nameRule}`],
    ["a name of 41 characters", named("a".repeat(41)), `2:11: stores[0].name is longer than 40 characters (value ${"a".repeat(41)}) — shorten it`],
    ["a name that is a number", named("42"), '2:11: stores[0].name is a number (value 42) — put it in quotes: "42"'],
    ["a missing name", "stores:\n  - engine: medusa\n", '2:5: stores[0].name is missing — add "name:" and text'],
    ...["local", "prod", "all", "default", "kube-system", "storefleet-x", '"true"', "no"].map((name): [string, string, string] => [
      `reserved name ${name}`, named(name), `2:11: stores[0].name is a reserved name (value ${name}) — ${reservedRule}`,
    ]),
    ["duplicate names", `${named("acme")}  - name: acme\n    engine: medusa\n`, "4:11: stores[1].name is used by another store (value acme) — rename one; the other is at 2:11"],

    ["an unknown engine", "stores:\n  - name: acme\n    engine: wocommerce\n", '3:13: stores[0].engine is not known (value wocommerce) — did you mean "woocommerce"? known: woocommerce, medusa'],
    ["an engine unlike any", "stores:\n  - name: acme\n    engine: magento\n", "3:13: stores[0].engine is not known (value magento) — known: woocommerce, medusa"],
    ["no engine", "stores:\n  - name: acme\n", "2:5: stores[0].engine is missing — write engine: woocommerce or engine: medusa"],
    ["an unknown plan", one("plan: Smal"), '4:11: stores[0].plan is not known (value Smal) — did you mean "small"? known: small, medium, large'],
    ["an empty plan", one("plan:"), "4:5: stores[0].plan is empty — known: small, medium, large"],
    ["an unknown key", one("domain: [a.example]"), `4:5: stores[0].domain is not a known key (value domain) — did you mean "domains"? known: ${storeKeys}`],
    ["an unknown key at the top", "stors: []\nstores: []\n", '1:1: stors is not a known key (value stors) — did you mean "stores"? known: defaults, rollout, stores'],
    ["an unknown key in a product", one("products: [{ name: A, sku: A, price: 1, stok: 3 }]"), '4:45: stores[0].products[0].stok is not a known key (value stok) — did you mean "stock"? known: name, sku, price, stock, description, image'],
    ["an unknown key in defaults", "defaults:\n  plans: small\nstores: []\n", `2:3: defaults.plans is not a known key (value plans) — did you mean "plan"? known: ${storeKeys.replace(", name, title, domains, secrets", "")}`],
    ["settings of the other engine", one("woocommerce: { guestCheckout: true }"), "4:5: stores[0].woocommerce does not apply to a store of engine medusa (value woocommerce) — remove it, or write engine: woocommerce"],

    ["wrong type: text for a list", one("products: none"), '4:15: stores[0].products is text (value none) — write a list (lines that start with "- ")'],
    ["wrong type: text for true or false", one("protected: yes"), "4:16: stores[0].protected is text (value yes) — write true or false"],
    ["wrong type: a number for text", one("title: 2024"), '4:12: stores[0].title is a number (value 2024) — put it in quotes: "2024"'],
    ["wrong type: a SKU of digits", one("products: [{ name: A, sku: 007, price: 1 }]"), '4:32: stores[0].products[0].sku is a number (value 007) — put it in quotes: "007"'],
    ["wrong type: a store that is text", "stores:\n  - acme\n", "2:5: stores[0] is text (value acme) — write a mapping (key: value)"],
    ["wrong type: stores by name", "stores:\n  acme: {}\n", '2:3: stores is a mapping — write a list (lines that start with "- ")'],

    ["a negative price", one("products: [{ name: A, sku: A, price: -1 }]"), `4:42: stores[0].products[0].price is not a price (value -1) — ${priceRule}`],
    ["a price with three decimals", one("products: [{ name: A, sku: A, price: 1.005 }]"), "4:42: stores[0].products[0].price has more decimals than EUR has in Medusa (value 1.005) — write at most 2"],
    ["a price with a comma", one('products: [{ name: A, sku: A, price: "9,99" }]'), `4:42: stores[0].products[0].price is not a price (value "9,99") — ${priceRule}`],
    ["a price that is no number", one("products: [{ name: A, sku: A, price: .inf }]"), `4:42: stores[0].products[0].price is not a price (value .inf) — ${priceRule}`],
    ["a negative stock", one("products: [{ name: A, sku: A, price: 1, stock: -1 }]"), `4:52: stores[0].products[0].stock is not a number of pieces (value -1) — ${stockRule}`],
    ["half a piece", one("products: [{ name: A, sku: A, price: 1, stock: 0.5 }]"), `4:52: stores[0].products[0].stock is not a number of pieces (value 0.5) — ${stockRule}`],
    ["one SKU twice, but for case", one("products: [{ name: A, sku: A-1, price: 1 }, { name: B, sku: a-1, price: 1 }]"), "4:65: stores[0].products[1].sku is used by another product (value a-1) — change one; the other is at 4:32"],
    ["a SKU with a space at its end", one('products: [{ name: A, sku: "A ", price: 1 }]'), '4:32: stores[0].products[0].sku is not a SKU (value "A ") — write something, without spaces at its ends, line breaks and invisible characters'],
    ["an octal price", one("products: [{ name: A, sku: A, price: 010 }]"), "4:42: stores[0].products[0].price would be read as 10 (value 010) — write the number in plain digits"],
    ["a hexadecimal stock", one("products: [{ name: A, sku: A, price: 1, stock: 0x10 }]"), "4:52: stores[0].products[0].stock would be read as 16 (value 0x10) — write the number in plain digits"],
    ["a price with an exponent", one("products: [{ name: A, sku: A, price: 1e3 }]"), "4:42: stores[0].products[0].price would be read as 1000 (value 1e3) — write the number in plain digits"],
    ["decimals that a currency has not", one("currency: JPY, products: [{ name: A, sku: A, price: 980.4 }]".replace(", products", "\n    products")), "5:42: stores[0].products[0].price has more decimals than JPY has in Medusa (value 980.4) — write a whole number; the currency is at 4:15"],
    ["a currency that Medusa does not know", "stores:\n  - { name: a, engine: medusa, currency: ZMW }\n", "2:42: stores[0].currency is not a currency that Medusa knows (value ZMW) — choose another"],
    ["a country that is a union", one("country: EU"), "4:14: stores[0].country is not a country code of ISO 3166-1 (value EU) — such are DE, GB (not UK), GR (not EL) and US"],
    ["a time zone in lower case", "stores:\n  - name: a\n    engine: woocommerce\n    woocommerce: { timezone: europe/berlin }\n", '4:30: stores[0].woocommerce.timezone is not a time zone (value europe/berlin) — did you mean "Europe/Berlin"?'],
    ["a colour without quotes", "stores:\n  - name: a\n    engine: medusa\n    medusa:\n      accent: #0a7d5c\n", '5:7: stores[0].medusa.accent is empty — what follows "#" is a comment: put the value in quotes, "#0a7d5c"'],
    ["an invisible character", "stores:\n  - { name: ac\u200bme, engine: medusa }\n", "2:13: stores[0].name is not a store name (value ac<U+200B>me) — remove the invisible character <U+200B> at 2:15, or write a plain space"],
    ["a no-break space in place of a space", "stores:\n  - name:\u00a0acme\n    engine: medusa\n", "2:5: a key without colon and value — remove the invisible character <U+00A0> at 2:10, or write a plain space"],
    ["an invisible character elsewhere on the line", "stores:\n  - { name: Acme, engine: medusa, title: \"A\u00a0B\" }\n", `2:13: stores[0].name is not a store name (value Acme) — ${nameRule}`],
    ["typographic quotes", one("currency: \u201cEUR\u201d"), '4:15: stores[0].currency is not a currency code (value \u201cEUR\u201d) — write plain quotes, such as ", in place of \u201c at 4:15'],
    ["a stock of minus zero", one("products: [{ name: A, sku: A, price: -0, stock: -0 }]"), "4:42: stores[0].products[0].price would be read as 0 (value -0) — write the number in plain digits", "4:53: stores[0].products[0].stock would be read as 0 (value -0) — write the number in plain digits"],
    ["stores without the key above them", "- name: a\n  engine: medusa\n", '1:1: the list starts with "- " — write "stores:" above the stores, and indent them'],
    ["an image file of a Medusa store", "stores:\n  - { name: a, engine: medusa, products: [{ name: A, sku: A, price: 1, image: x.png }] }\n", "2:79: stores[0].products[0].image is a file, and a Medusa store takes addresses only (value x.png) — give its https:// address"],
    ["a control character", one('title: "a\\u0007b"'), '4:12: stores[0].title holds a control character (value "a\\u0007b") — remove it (line breaks and tabs are fine)'],
    ["half of a character", one('title: "\\ud83d"'), '4:12: stores[0].title holds a control character (value "\\ud83d") — remove it (line breaks and tabs are fine)'],
    ["a blank title", one('title: " "'), '4:12: stores[0].title is empty (value " ") — write something or leave the key out'],
    ["a bad e-mail address", one("adminEmail: foo"), "4:17: stores[0].adminEmail is not an e-mail address (value foo) — write it like admin@example.com"],
    ["a country in lowercase", one("country: de"), "4:14: stores[0].country is not a country code (value de) — write its two capital letters, such as DE"],
    ["a country that does not exist", one("country: UK"), "4:14: stores[0].country is not a country code of ISO 3166-1 (value UK) — such are DE, GB (not UK), GR (not EL) and US"],
    ["a currency that does not exist", one("currency: EUO"), "4:15: stores[0].currency is not a currency code of ISO 4217 (value EUO) — such are EUR, GBP and USD"],
    ["a reserved label", one("labels: { app: x }"), '4:15: stores[0].labels.app is a reserved label key (value app) — use another prefix, such as "example.com/"'],
    ["a label of the platform", one("labels: { storefleet.dev/store: x }"), '4:15: stores[0].labels["storefleet.dev/store"] is a reserved label key (value storefleet.dev/store) — use another prefix, such as "example.com/"'],
    ["a label value that is a number", one("labels: { floor: 3 }"), '4:22: stores[0].labels.floor is a number (value 3) — put it in quotes: "3"'],
  ];

  for (const [what, text, ...expected] of cases) {
    it(what, () => assert.deepEqual(errorsOf(text), expected.map((line) => `list.yaml:${line}`)));
  }

  // Of the first the stack holds all, of the last nothing; of those between it depends on what ran before.
  for (const depth of [150, 1_500, 50_000]) {
    it(`brackets ${depth} deep`, () => {
      const errors = errorsOf(`stores: ${"[".repeat(depth)}${"]".repeat(depth)}\n`);
      assert.equal(errors.length, 1);
      assert.match(errors[0] ?? "", /^list\.yaml:1:\d+: it is nested too deeply — a list needs no more than six levels$/);
    });
  }

  it("an alias bomb, at once", () => {
    const levels = ["a: &a [x,x,x,x,x,x,x,x,x,x]"];
    for (const [index, letter] of [..."bcdefgh"].entries()) levels.push(`${letter}: &${letter} [${Array(10).fill(`*${"abcdefgh"[index]}`).join(",")}]`);
    const started = process.cpuUsage();
    assert.deepEqual(errorsOf(`${levels.join("\n")}\nstores: *h\n`), [
      "list.yaml:1:1: the aliases stand for millions of values — write values out instead of nesting aliases",
    ]);
    assert.ok(process.cpuUsage(started).user < 1_000_000);
  });

  it("one custom domain in two stores, or under the generated addresses", () => {
    const text = "stores:\n  - { name: a, engine: medusa, domains: [x.example, b.shops.example] }\n  - { name: b, engine: medusa, domains: [x.example, shops.example] }\n";
    assert.deepEqual(errorsOf(text, ".shops.example"), [
      "list.yaml:2:53: stores[0].domains[1] is under .shops.example, where generated addresses are (value b.shops.example) — use a domain of the store's own, or remove it: a store has its generated address anyway",
      "list.yaml:3:42: stores[1].domains[0] is listed twice (value x.example) — a domain leads to one store: remove one; the other is at 2:42",
    ]);
  });

  for (const domain of ["Shop.example", "https://a.example", "a.example:80", "a.example/x", '"*.a.example"', "example", "10.0.0.1", "-a.example", "a..example", "ä.example", `${"a".repeat(64)}.example`]) {
    it(`domain ${domain.slice(0, 20)}`, () => assert.match(errorsOf(one(`domains: [${domain}]`))[0] ?? "", /^list\.yaml:4:15: stores\[0\]\.domains\[0\] is not a domain name \(value /));
  }

  it("everything at once, in the order of the file", () => {
    const text = "stores:\n  - name: Acme\n    plan: huge\n  - name: ok\n    engine: medusa\n    engine: medusa\n    color: red\n";
    assert.deepEqual(errorsOf(text).map((line) => line.split(" ")[0]), ["list.yaml:2:5:", "list.yaml:2:11:", "list.yaml:3:11:", "list.yaml:6:5:", "list.yaml:7:5:"]);
  });

  it("nothing but ListErrors, whatever the text", () => {
    const good = "defaults: &d {plan: small}\nstores:\n  - name: acme\n    engine: medusa\n    title: \"A\\n'B\"\n    labels: {a: b}\n    products: [{name: x, sku: y, price: 1.5}]\n";
    const pieces = ["\t", "\n", " ", ":", "-", "- ", "&a ", "*a", "<<: *d", "? ", "|", ">", "!!str ", "!x ", "\"", "'", "[", "]", "{", "}", "#", "---\n", "...\n", "%YAML 1.1\n", "\u0000", "\ud800", "\ufeff", "😀", "__proto__", "null", "~", "9e999", "0x1F", "constructor"];
    let seed = 20_260_301;
    const random = (below: number) => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) % below;
    let refused = 0;
    for (let round = 0; round < 1_000; round++) {
      let text = good;
      for (let edit = random(4); edit >= 0; edit--) {
        const at = random(text.length);
        text = text.slice(0, at) + (pieces[random(pieces.length)] ?? "") + text.slice(at + random(3) * random(8));
      }
      if (errorsOf(text).length > 0) refused++;
    }
    assert.ok(refused > 300 && refused < 1_000, `${refused} of 1000 refused`);
  });
});

describe("stores list: what is read", () => {
  it("no stores, when the list says so", () => assert.deepEqual(parseStores("list.yaml", "stores: []\n").stores, []));

  it("built-in values", () => {
    assert.deepEqual(specs("stores:\n  - { name: blue-bird, engine: woocommerce }\n"), [
      {
        name: "blue-bird", title: "Blue Bird", engine: "woocommerce", plan: "small", domains: [], adminEmail: "admin@example.com", currency: "EUR", decimals: 2, country: "DE",
        labels: {}, protected: false, suspended: false, secrets: {}, woocommerce: { guestCheckout: true, timezone: "UTC" },
        products: [
          { name: "Sample Hoodie", sku: "SAMPLE-HOODIE", price: 49.99, stock: 100 },
          { name: "Sample Mug", sku: "SAMPLE-MUG", price: 9.99, stock: 500 },
          { name: "Sample Sticker Pack", sku: "SAMPLE-STICKER-PACK", price: 4.99, stock: 1000 },
        ],
      },
    ]);
  });

  it("defaults above built-in values, the store above both", () => {
    const [a, b] = specs(`
defaults: { engine: medusa, plan: large, country: NL, protected: true, labels: { x: "1", y: "1" }, medusa: { shippingPrice: "7.50", accent: "#0A7D5C" } }
stores:
  - { name: a }
  - { name: b, plan: medium, protected: false, labels: { y: "2" }, products: [], medusa: { countries: [BE] } }
`);
    assert.deepEqual([a?.plan, a?.protected, a?.labels, a?.medusa], ["large", true, { x: "1", y: "1" }, { countries: ["NL"], shippingPrice: 7.5, accent: "#0a7d5c" }]);
    assert.deepEqual([b?.plan, b?.protected, b?.labels, b?.medusa], ["medium", false, { x: "1", y: "2" }, { countries: ["BE"], shippingPrice: 7.5, accent: "#0a7d5c" }]);
    assert.deepEqual([a?.products.length, b?.products], [3, []]);
  });

  it("defaults for both engines, each store taking its own", () => {
    const [a, b] = specs("defaults: { woocommerce: { guestCheckout: false }, medusa: { shippingPrice: 1 } }\nstores:\n  - { name: a, engine: medusa }\n  - { name: b, engine: woocommerce }\n");
    assert.deepEqual([a?.woocommerce, a?.medusa?.shippingPrice, b?.medusa, b?.woocommerce?.guestCheckout], [undefined, 1, undefined, false]);
  });

  it("titles exactly, whatever they hold", () => {
    const title = "Ann's \"Shop\" `$(rm -rf /)` ${HOME} 100% \\ <b>&amp;</b>\n\tline 2 😀 日本 {{ .Values }}";
    assert.equal(specs(one(`title: ${JSON.stringify(title)}`))[0]?.title, title);
  });

  it("prices as numbers or text, names of 40 characters, 500 products, words that YAML 1.1 takes for booleans", () => {
    const products = Array.from({ length: 500 }, (_, index) => `{ name: "No ${index}", sku: P-${index}, price: ${index % 2 ? "0.1" : '"0.10"'} }`);
    const [spec] = specs(`stores:\n  - name: ${"a".repeat(40)}\n    engine: medusa\n    country: NO\n    products: [${products.join(", ")}]\n`);
    assert.deepEqual([spec?.products.length, spec?.products[0]?.price, spec?.products[1]?.price, spec?.country], [500, 0.1, 0.1, "NO"]);
  });

  it("anchors and aliases of plain use", () => {
    const [, b] = specs("stores:\n  - { name: a, engine: medusa, products: &few [{ name: A, sku: A, price: 1, stock: 2 }] }\n  - { name: b, engine: medusa, products: *few }\n");
    assert.deepEqual(b?.products, [{ name: "A", sku: "A", price: 1, stock: 2 }]);
  });

  it("the line of each store; 1,000 of them in well under a second of one core", () => {
    const text = `stores:\n${Array.from({ length: 1000 }, (_, index) => `  - name: shop-${index}\n    engine: medusa\n`).join("")}`;
    const started = process.cpuUsage();
    const { stores } = parseStores("list.yaml", text);
    assert.ok(process.cpuUsage(started).user < 1_500_000);
    assert.deepEqual([stores.length, stores[0]?.line, stores[999]?.line], [1000, 2, 2000]);
  });

  it("where each engine is written, in the store's entry or in the defaults", () => {
    const { stores } = parseStores("stores.yaml", "defaults:\n  engine: medusa\nstores:\n  - name: acme\n  - { name: bikes, engine: woocommerce }\n");
    assert.deepEqual(
      stores.map(({ engine: { line, column, path, value } }) => [line, column, path, value]),
      [[2, 11, ["defaults", "engine"], "medusa"], [5, 28, ["stores", 1, "engine"], "woocommerce"]],
    );
  });
});

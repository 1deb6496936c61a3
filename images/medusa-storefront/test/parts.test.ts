import assert from "node:assert/strict";
import { readEnvironment } from "../src/environment";
import style from "asset:../src/look/style.css";
import { colourOf, contrast, hex, hsl, modes, theme, type Mode } from "../src/look/colour";
import { moneyFor, pickLocale } from "../src/look/money";
import { canBuy, choices, chooseVariant, type Card, type Variant } from "../src/medusa/catalogue";
import { linesOf, totalsOf } from "../src/medusa/totals";

describe("parts", () => {
  it("environment: names the variable, the value and the mend", () => {
    const env = { MEDUSA_BACKEND_URL: "http://medusa-server:9000", STOREFRONT_URL: "https://shop.example.com", MEDUSA_PUBLISHABLE_KEY: "pk_one\n" };
    const { publicUrl, ...rest } = readEnvironment(env);
    assert.deepEqual(rest, { backendUrl: "http://medusa-server:9000/", publishableKey: "pk_one", hostname: "127.0.0.1", port: 8000 });
    assert.equal(publicUrl.origin, "https://shop.example.com");
    assert.throws(() => readEnvironment({ ...env, STOREFRONT_URL: undefined }), /STOREFRONT_URL is missing — set it to/);
    assert.throws(() => readEnvironment({ ...env, MEDUSA_BACKEND_URL: "ftp://x" }), /MEDUSA_BACKEND_URL is "ftp:\/\/x", which is no web address/);
    assert.throws(() => readEnvironment({ ...env, MEDUSA_PUBLISHABLE_KEY: "" }), /MEDUSA_PUBLISHABLE_KEY is missing — set it to the token of a publishable key/);
    assert.throws(() => readEnvironment({ ...env, MEDUSA_PUBLISHABLE_KEY: "sk_hidden" }), (error: Error) => /MEDUSA_PUBLISHABLE_KEY is no publishable key — set it/.test(error.message) && !/hidden/.test(error.message));
    assert.throws(() => readEnvironment({ ...env, PORT: "http" }), /PORT is "http", which is no port/);
  });

  describe("colours", () => {
    const both = Object.keys(modes) as Mode[];
    const show = (colour: string, mode: Mode) => Object.values(theme(colour, mode)).map(hex).join(" ");

    it("are readable by day and by night, whatever the shop's colour is", () => {
      const every = ["#ffffff", "#000000", "#ffff00", "#808080", "#767676", "#777777", "#0000ff", "#141518", "#f6f6f7"];
      for (let hue = 0; hue < 360; hue += 15) for (const saturation of [0.05, 0.1, 0.5, 1]) for (let lightness = 0; lightness <= 1; lightness += 0.05) every.push(hex(hsl(hue, saturation, lightness)));
      for (const colour of every) {
        for (const mode of both) {
          const { accent, fill, onFill } = theme(colour, mode);
          for (const ground of modes[mode].grounds) {
            assert.ok(contrast(accent, ground) >= 4.5, `${colour} as a link by ${mode}: ${show(colour, mode)}`);
            assert.ok(contrast(fill, ground) >= 1.3, `${colour} as a button by ${mode}: ${show(colour, mode)}`);
          }
          assert.ok(contrast(onFill, fill) >= 4.5, `words on ${colour} by ${mode}: ${show(colour, mode)}`);
        }
      }
    });

    it("are the shop's own wherever they read", () => {
      assert.equal(show("#0a7d5c", "day"), "#0a7d5c #0a7d5c #ffffff");
      assert.match(show("#0a7d5c", "night"), / #0a7d5c #ffffff$/);
      assert.match(show("#ffd400", "night"), /^#ffd400 #ffd400 #000000$/);
      assert.match(show("#ffb000", "day"), / #ffb000 #000000$/);
      assert.equal(show("#ffffff", "day"), "#1a1b1e #1a1b1e #ffffff", "white gives way to the colour of texts");
      assert.equal(show("#000000", "night"), "#eeeff1 #eeeff1 #000000", "and so does black");
    });

    it("make no button look switched off because the shop's colour is grey", () => {
      for (const mode of both) for (const ground of modes[mode].grounds) assert.ok(contrast(theme("#808080", mode).fill, ground) >= 4.5, show("#808080", mode));
    });

    it("follow from the title where the shop names none, with white words on them", () => {
      assert.notEqual(colourOf("Blue Bird"), colourOf("Red Robin"));
      for (let shop = 0; shop < 360; shop++) assert.match(show(colourOf(`Shop ${shop}`), "day"), /^(#\w{6}) \1 #ffffff$/);
    });

    it("are measured against those that the stylesheet has", () => {
      const short = (colour: string) => colour.replace(/^#(.)\1(.)\2(.)\3$/, "#$1$2$3");
      for (const mode of both) {
        const { grounds, text } = modes[mode];
        const [ground, raised] = grounds.map((one) => short(hex(one)));
        assert.ok(style.includes(`--ground: ${ground};--raised: ${raised};--text: ${short(hex(text))}`), `${mode}: ${style.slice(0, 900)}`);
      }
      assert.equal(contrast([0, 0, 0], [255, 255, 255]), 21);
    });
  });

  it("prices follow currency and language; what no browser would send falls back to the shop's country", () => {
    assert.equal(moneyFor(pickLocale("en-US,en;q=0.5", "de"), "usd")(1234.5), "$1,234.50");
    assert.equal(moneyFor("ja", "jpy")(500), "￥500");
    for (const header of [undefined, "", "*", "x-!!", "tlh-Q;q=1", "de-u-nu-arab-" + "x".repeat(500), "@@@@,,,;;"]) assert.equal(pickLocale(header, "gb"), "en-GB", header);
    assert.equal(pickLocale("xx-notalang, fr;q=0.8", "gb"), "fr");
  });

  const make = (id: string, options: Record<string, string>, stock = 1): Variant => ({ id, title: id, options: new Map(Object.entries(options)), price: 1, stock });
  const card = (...variants: Variant[]): Card => ({ id: "p", title: "p", handle: "p", variants });

  it("the first variant that can be bought is shown first", () => {
    const sold = make("a", { Size: "S" }, 0);
    const unpriced = { ...make("b", { Size: "M" }), price: undefined };
    const good = make("c", { Size: "L" });
    assert.deepEqual([sold, unpriced, good].map(canBuy), [false, false, true]);
    assert.equal(chooseVariant(card(sold, unpriced, good))?.id, "c");
    assert.equal(chooseVariant(card(sold, unpriced, good), "a")?.id, "a");
    assert.equal(chooseVariant(card(sold), "other")?.id, "a");
    assert.equal(chooseVariant(card()), undefined);
  });

  it("a choice changes one option, and the others only where it must", () => {
    const [redS, redM, blueM] = [make("red-s", { Colour: "Red", Size: "S" }), make("red-m", { Colour: "Red", Size: "M" }), make("blue-m", { Colour: "Blue", Size: "M" })];
    const all = card(redS, redM, blueM);
    const leads = (chosen: Variant) => choices(all, chosen).map(({ title, values }) => [title, ...values.map(({ value, variant }) => `${value}→${variant.id}`)]);
    assert.deepEqual(leads(redM), [["Colour", "Red→red-m", "Blue→blue-m"], ["Size", "S→red-s", "M→red-m"]]);
    assert.deepEqual(leads(redS), [["Colour", "Red→red-s", "Blue→blue-m"], ["Size", "S→red-s", "M→red-m"]]);
    assert.deepEqual(choices(card(redS), redS), []);
  });

  it("totals add up, with the tax inside the prices or beside them", () => {
    const inclusive: any = {
      items: [{ id: "a", title: "Mug", quantity: 2, unit_price: 11.9, is_tax_inclusive: true, original_total: 23.8, subtotal: 20 }],
      original_item_total: 23.8, item_subtotal: 20, original_shipping_total: 5.95, shipping_subtotal: 5, discount_total: 2.38, discount_tax_total: 0.38, tax_total: 4.37, total: 27.37,
    };
    const sum = (rows: { amount: number }[]) => Number(rows.reduce((total, { amount }) => total + amount, 0).toFixed(2));
    const withTax = totalsOf(inclusive, true);
    assert.deepEqual(withTax.rows.map(({ label }) => label), ["Items", "Delivery", "Discount"]);
    assert.equal(sum(withTax.rows), 27.37);
    assert.equal(withTax.includedTax, 4.37);
    assert.equal(linesOf(inclusive)[0]!.total, 23.8);
    const exclusive: any = { ...inclusive, items: [{ ...inclusive.items[0], unit_price: 10, is_tax_inclusive: false }] };
    const beside = totalsOf(exclusive, true);
    assert.deepEqual(beside.rows.map(({ label }) => label), ["Items", "Delivery", "Discount", "Tax"]);
    assert.equal(sum(beside.rows), 27.37);
    assert.equal(linesOf(exclusive)[0]!.total, 20);
  });
});

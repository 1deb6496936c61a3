import assert from "node:assert/strict";

import { orderPlacedMail, type PlacedOrder } from "../../src/mail/order-placed";
import { placedOrder } from "../../src/mail/placed-order";

const order: PlacedOrder = {
  shop: "Acme",
  number: 7,
  currency: "eur",
  lines: [
    { title: "Sample Mug", quantity: 2, total: 19.98 },
    { title: "Shirt", variant: "M", quantity: 1, total: 1234.5 },
  ],
  subtotal: 1254.48,
  shipping: 5,
  discount: 0,
  tax: 0,
  total: 1259.48,
  address: ["Ada Lovelace", "Main 1", "10115 Berlin", "DE"],
};

describe("order mail", () => {
  it("tells number, lines, sums and address, in text and in HTML", () => {
    const { subject, text, html } = orderPlacedMail(order);
    assert.equal(subject, "Your order 7 at Acme");
    for (const part of ["Order 7", "2 × Sample Mug", "€19.98", "1 × Shirt (M)", "€1,234.50", "€5.00", "€1,259.48", "Ada Lovelace", "10115 Berlin"]) {
      assert.ok(text.includes(part), `text lacks ${part}:\n${text}`);
      assert.ok(html.includes(part), `HTML lacks ${part}:\n${html}`);
    }
  });

  it("speaks of discount and tax only where there are any", () => {
    assert.doesNotMatch(orderPlacedMail(order).text, /Discount|Tax/);
    const { text } = orderPlacedMail({ ...order, discount: 10, tax: 2.5 });
    assert.match(text, /Discount: −€10\.00/);
    assert.match(text, /Tax: €2\.50/);
  });

  it("has the order's currency and its decimals", () => {
    assert.match(orderPlacedMail({ ...order, currency: "jpy", total: 1500 }).text, /Total: ¥1,500$/m);
    assert.match(orderPlacedMail({ ...order, currency: "USD", total: 1.5 }).text, /Total: \$1\.50$/m);
  });

  it("shows hostile text and runs none of it", () => {
    const evil = `<script>alert("1")</script>&'`;
    const { html, subject } = orderPlacedMail({
      ...order,
      shop: `Acme\r\nBcc: all@example.com ${evil}`,
      lines: [{ title: evil, variant: evil, quantity: 1, total: 1 }],
      address: [evil],
    });
    assert.doesNotMatch(html, /<script/);
    assert.equal(html.split("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;").length - 1, 4);
    assert.doesNotMatch(subject, /[\r\n]/);
  });

  it("takes what it needs from Medusa's order", () => {
    const amount = (value: number) => ({ valueOf: () => value });
    const made = placedOrder(
      {
        display_id: 7,
        currency_code: "eur",
        items: [
          { product_title: "Sample Mug", variant_title: "Default variant", quantity: amount(2), subtotal: amount(19.98) },
          { title: "Shirt", variant_title: "M", quantity: 1, subtotal: 1234.5 },
        ],
        item_subtotal: amount(1254.48),
        shipping_subtotal: 5,
        discount_subtotal: 0,
        tax_total: 0,
        total: amount(1259.48),
        shipping_address: { first_name: "Ada", last_name: "Lovelace", address_1: "Main 1", postal_code: "10115", city: "Berlin", country_code: "de" },
      },
      "Acme",
    );
    assert.deepEqual(made, { ...order, lines: [{ ...order.lines[0], variant: undefined }, order.lines[1]] });
  });

  it("does without an address", () => {
    const { text, html } = orderPlacedMail(placedOrder({ display_id: 1, currency_code: "eur", items: [], total: 0, shipping_address: null }, "Acme"));
    assert.doesNotMatch(text + html, /It goes to|undefined|NaN/);
  });
});

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

import { list } from "../helpers/app";
import { fingerprint, liveRows } from "../helpers/database";
import { app, migrated } from "./setup";

const first = "seeded";
const sql = (database: string, query: string) => app().postgres.sql(database, query);
const sold = `
  select p.title || '|' || p.status || '|' || v.sku || '|' || pr.currency_code || '|' || pr.amount || '|' || l.stocked_quantity
  from product p
  join product_variant v on v.product_id = p.id
  join product_variant_price_set vp on vp.variant_id = v.id
  join price pr on pr.price_set_id = vp.price_set_id and pr.deleted_at is null
  join product_variant_inventory_item vi on vi.variant_id = v.id
  join inventory_level l on l.inventory_item_id = vi.inventory_item_id
  join product_sales_channel sc on sc.product_id = p.id
  where p.deleted_at is null order by 1`;
const countries = "select iso_2 from region_country where region_id is not null order by 1";
const zones = "select country_code from geo_zone where deleted_at is null order by 1";
const shipping = `
  select pr.currency_code || ' ' || pr.amount from shipping_option_price_set op
  join price pr on pr.price_set_id = op.price_set_id and pr.deleted_at is null order by 1`;

describe("seed", () => {
  before(async () => {
    await app().postgres.create(first, migrated);
    await app().seed(first).success();
  });

  it("makes a shop of an empty database, to the letter of the list", async () => {
    const products = list.products.map(({ name, sku, price, stock }) => [name, "published", sku, "eur", price, stock].join("|"));
    assert.deepEqual((await sql(first, sold)).sort(), products.sort());
    assert.deepEqual(await sql(first, "select name from store"), [list.title]);
    assert.deepEqual(await sql(first, countries), ["at", "de"]);
    assert.deepEqual(await sql(first, zones), ["at", "de"]);
    assert.deepEqual(await sql(first, shipping), ["eur 4.9"]);
    assert.deepEqual(await sql(first, "select email from \"user\""), [list.adminEmail]);
    assert.deepEqual(await sql(first, `select token from api_key where type = 'publishable'`), [readFileSync(app().keyFile(first), "utf8")]);
    assert.deepEqual(await sql(first, "select currency_code || is_default from store_currency where deleted_at is null"), ["eurtrue"]);
  });

  it("changes nothing when it is repeated", async () => {
    const before = await fingerprint(app().postgres, first);
    const output = await app().seed(first).success();
    assert.deepEqual(await fingerprint(app().postgres, first), before);
    assert.equal(output.split("seed: ").length - 1, 1, output);
  });

  it("follows a changed list, and leaves what the shop owner made", async () => {
    const shop = "changed";
    await app().postgres.create(shop, first);
    const owner = [
      "update product set title = 'Hoodie of mine' where handle = 'sample-hoodie'",
      "update product set deleted_at = now() where handle = 'sample-mug'",
      "update product_variant set deleted_at = now() where sku = 'SAMPLE-MUG'",
      "update inventory_level set stocked_quantity = 7, raw_stocked_quantity = '{\"value\": \"7\", \"precision\": 20}'",
      "update price set amount = 55, raw_amount = '{\"value\": \"55\", \"precision\": 20}' where amount = 49.99",
      "update region_country set region_id = (select id from region) where iso_2 = 'ch'",
      "update region set name = 'Home'",
      "update sales_channel set name = 'Shop'",
    ];
    for (const change of owner) await sql(shop, change);
    // Invited by the owner.
    await sql(shop, "insert into \"user\" (id, email) values ('user_invited', 'owner@example.com')");

    const changes = {
      title: "Other",
      currency: "USD",
      country: "AT",
      accent: "#ffffff",
      countries: ["AT", "FR"],
      shippingPrice: 7,
      adminEmail: "second@example.com",
      products: [...list.products, { name: "New <One>", sku: "NEW", price: 3, stock: 1 }],
    };
    await app().seed(shop, changes).success();

    assert.deepEqual(await sql(shop, "select name || ' ' || (metadata->'storefleet'->>'country') || ' ' || (metadata->'storefleet'->>'accent') from store"), ["Other at #ffffff"]);
    assert.deepEqual(await sql(shop, "select currency_code from region"), ["usd"]);
    assert.deepEqual(await sql(shop, "select currency_code || is_default from store_currency where deleted_at is null order by 1"), ["eurfalse", "usdtrue"]);
    assert.deepEqual(await sql(shop, countries), ["at", "ch", "fr"]);
    assert.deepEqual(await sql(shop, zones), ["at", "fr"]);
    assert.deepEqual(await sql(shop, shipping), ["eur 4.9", "usd 7"]);
    assert.deepEqual(await sql(shop, "select email from \"user\" where deleted_at is null order by 1"), ["owner@example.com", "second@example.com"]);
    assert.deepEqual(await sql(shop, "select entity_id from provider_identity where deleted_at is null order by 1"), ["second@example.com"]);
    assert.deepEqual(await sql(shop, "select name from region union all select name from sales_channel"), ["Home", "Shop"]);
    const third = list.products[2]!;
    assert.deepEqual((await sql(shop, sold)).sort(), [
      "Hoodie of mine|published|SAMPLE-HOODIE|eur|55|7",
      "Hoodie of mine|published|SAMPLE-HOODIE|usd|49.99|7",
      `${third.name}|published|${third.sku}|eur|0.1|7`,
      `${third.name}|published|${third.sku}|usd|0.1|7`,
      "New <One>|published|NEW|usd|3|1",
    ].sort());

    const before = await fingerprint(app().postgres, shop);
    await app().seed(shop, changes).success();
    assert.deepEqual(await fingerprint(app().postgres, shop), before);
  });

  it("follows a changed shipping price, in the same currency too", async () => {
    const shop = "shipping";
    await app().postgres.create(shop, first);
    const prices = "select currency_code || ' ' || amount from price join shipping_option_price_set using (price_set_id) where price.deleted_at is null";
    assert.deepEqual(await sql(shop, prices), ["eur 4.9"]);
    for (const shippingPrice of [6.5, 0, 7]) {
      await app().seed(shop, { shippingPrice }).success();
      assert.deepEqual(await sql(shop, prices), [`eur ${shippingPrice}`]);
      assert.deepEqual(await sql(shop, prices.replace("amount", "(raw_amount->>'value')")), [`eur ${shippingPrice}`]);
    }
  });

  it("sells in countries that the owner has in regions of their own by those alone", async () => {
    const shop = "regions";
    await app().postgres.create(shop, first);
    await sql(shop, "insert into region (id, name, currency_code) values ('reg_own', 'Own', 'eur')");
    await sql(shop, "update region_country set region_id = 'reg_own' where iso_2 = 'fr'");
    await app().seed(shop, { countries: ["DE", "AT", "FR"] }).success();
    assert.deepEqual(await sql(shop, "select iso_2 from region_country where region_id = 'reg_own'"), ["fr"]);
    assert.deepEqual(await sql(shop, zones), ["at", "de", "fr"]);
  });

  it("makes 120 products with one name", async () => {
    const shop = "many";
    await app().postgres.create(shop, first);
    const products = Array.from({ length: 120 }, (_, index) => ({ name: "Mug", sku: `MUG-${index}`, price: index / 100, stock: index }));
    await app().seed(shop, { products }).success();
    assert.equal((await sql(shop, sold)).filter((row) => row.startsWith("Mug|published|MUG-")).length, 120);
    const before = await liveRows(app().postgres, shop);
    await app().seed(shop, { products }).success();
    assert.deepEqual(await liveRows(app().postgres, shop), before);
  });

  it("takes no login over that somebody else has made", async () => {
    const shop = "logins";
    await app().postgres.create(shop, first);
    await sql(shop, "insert into auth_identity (id, app_metadata) values ('authid_stranger', null), ('authid_customer', '{\"customer_id\": \"cus_1\"}')");
    await sql(
      shop,
      "insert into provider_identity (id, entity_id, provider, auth_identity_id) values ('p1', 'new@example.com', 'emailpass', 'authid_stranger'), ('p2', 'cus@example.com', 'emailpass', 'authid_customer')",
    );
    await app().seed(shop, { adminEmail: "new@example.com" }).success();
    assert.deepEqual(await sql(shop, "select 1 from auth_identity where id = 'authid_stranger'"), []);

    const refused = app().seed(shop, { adminEmail: "cus@example.com" });
    assert.equal(await refused.ended, 1);
    assert.match(refused.output, /cus@example\.com is the login of somebody else/);
    assert.deepEqual(await sql(shop, "select app_metadata from auth_identity where id = 'authid_customer'"), ['{"customer_id": "cus_1"}']);
  });

  it("refuses countries that Medusa does not know, and touches nothing", async () => {
    const before = await fingerprint(app().postgres, first);
    const refused = app().seed(first, { title: "Never", countries: ["DE", "AC"] });
    assert.equal(await refused.ended, 1);
    assert.match(refused.output, /can not sell to AC:/);
    assert.deepEqual(await fingerprint(app().postgres, first), before);
  });
});

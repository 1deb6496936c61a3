import { Hono } from "hono";
import type { Ctx, Env } from "../http/context";
import { plainText } from "../http/form";
import { moneyFor, pickLocale, type Money } from "../look/money";
import { choices, chooseVariant, findProduct, listProducts } from "../medusa/catalogue";
import { CataloguePage, productPath } from "../pages/catalogue";
import { notFoundPage } from "../pages/errors";
import { page } from "../pages/layout";
import { ProductPage } from "../pages/product";

export const catalogue = new Hono<Env>()
  .get("/", async (c) => {
    const shop = c.get("shop");
    const search = plainText(c.req.query("q")).slice(0, 100);
    const number = /^[1-9]\d{0,4}$/.test(c.req.query("page") ?? "") ? Number(c.req.query("page")) : 1;
    const found = await listProducts(shop, search, number);
    if (number > found.pages) return notFoundPage(c);
    const body = <CataloguePage {...found} page={number} search={search} money={moneyOf(c)} />;
    if (search) return page(c, { title: `Results for “${search}”`, search }, body);
    const listed = { path: number > 1 ? `/?page=${number}` : "/", description: `All products of ${shop.title}` };
    return page(c, { title: number > 1 ? `All products, page ${number}` : shop.title, listed }, body);
  })
  .get("/products/:handle", (c) => productPage(c, plainText(c.req.param("handle")), { variant: c.req.query("variant"), added: c.req.query("added") }));

/** Also the answer to a product that could not be put into the cart: then it says why. */
export async function productPage(c: Ctx, handle: string, { variant: id, added, problem }: { variant?: string; added?: string; problem?: string }) {
  const product = await findProduct(c.get("shop"), handle);
  if (!product) return notFoundPage(c);
  const variant = chooseVariant(product, id);
  const listed = { path: productPath(product.handle), description: product.description || product.subtitle || product.title };
  return page(
    c,
    { title: product.title, status: problem ? 422 : 200, listed },
    <ProductPage product={product} variant={variant} choices={variant ? choices(product, variant) : []} money={moneyOf(c)} added={added} problem={problem} />,
  );
}

/** Prices for this visitor, in the shop's currency unless a cart has its own. */
export function moneyOf(c: Ctx, currency = c.get("shop").currency): Money {
  return moneyFor(pickLocale(c.req.header("accept-language"), c.get("shop").country), currency);
}

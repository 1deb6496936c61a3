import { createProductsWorkflow, deleteProductsWorkflow, updateProductsWorkflow } from "@medusajs/medusa/core-flows";
import { Modules, ProductStatus } from "@medusajs/framework/utils";

import { followInventory } from "./inventory";
import type { ListedProduct } from "./list";
import { chunksOf, handlesFor, mark } from "./plan";
import type { Seed } from "./seed";

/** Under the mark: a product that is being made is "unfinished" and a draft, so no shopper meets half of one. */
const unfinished = "unfinished";
const finished = "seeded";

interface Places {
  channelId: string;
  profileId: string;
  locationId: string;
}

/** Products whose SKU is new are made. Any other, be it changed, unpublished or deleted, is the shop owner's by now. */
export async function followProducts(seed: Seed, places: Places): Promise<void> {
  const { container, list, find, log } = seed;
  const drafts = await find("product", ["id", "metadata"], { status: ProductStatus.DRAFT });
  const remains = drafts.filter(({ metadata }) => metadata?.[mark] === unfinished).map(({ id }) => id as string);
  if (remains.length) {
    log(`removing ${remains.length} products that were left unfinished`);
    await deleteProductsWorkflow(container).run({ input: { ids: remains } });
  }

  const known = await knownSkus(seed);
  const missing = list.products.filter(({ sku }) => !known.has(sku));
  if (!missing.length) return;
  const handles = handlesFor(
    missing,
    (await find("product", ["handle"])).map(({ handle }) => handle),
  );
  const entries = missing.map((product, index) => ({ ...product, handle: handles[index]! }));
  let done = 0;
  for (const batch of chunksOf(entries, 50)) {
    await createProducts(seed, batch, places);
    done += batch.length;
    log(`products: ${done} of ${entries.length}`);
  }
}

/** SKUs that the shop has or had; a deleted one counts, unless it was one of the unfinished. */
async function knownSkus({ container, list }: Seed): Promise<Set<string>> {
  const known = new Set<string>();
  for (const skus of chunksOf(list.products.map(({ sku }) => sku), 1_000)) {
    const variants = await container.resolve(Modules.PRODUCT).listProductVariants(
      { sku: skus },
      { select: ["sku", "product.metadata"], relations: ["product"], take: null as never, withDeleted: true },
    );
    for (const { sku, product } of variants) if (product?.metadata?.[mark] !== unfinished) known.add(sku!);
  }
  return known;
}

async function createProducts({ container, list, ...seed }: Seed, batch: (ListedProduct & { handle: string })[], places: Places): Promise<void> {
  const items = await followInventory({ container, list, ...seed }, batch, places.locationId);
  const products = batch.map(({ name, sku, price, handle, description, image }) => ({
    title: name,
    ...(description && { description }),
    ...(image && { thumbnail: image, images: [{ url: image }] }),
    handle,
    status: ProductStatus.DRAFT,
    metadata: { [mark]: unfinished },
    shipping_profile_id: places.profileId,
    sales_channels: [{ id: places.channelId }],
    // As the admin page names them for a product without options.
    options: [{ title: "Default option", values: ["Default option value"] }],
    variants: [
      {
        title: "Default variant",
        sku,
        options: { "Default option": "Default option value" },
        manage_inventory: true,
        inventory_items: [{ inventory_item_id: items.get(sku)! }],
        prices: [{ currency_code: list.currency, amount: price }],
      },
    ],
  }));
  const { result } = await createProductsWorkflow(container).run({ input: { products } });
  await updateProductsWorkflow(container).run({
    input: { selector: { id: result.map(({ id }) => id) }, update: { status: ProductStatus.PUBLISHED, metadata: { [mark]: finished } } },
  });
}

/** Once the list names another currency, the listed products get their price in it, where they have none. */
export async function followProductCurrency({ container, list, find, log }: Seed): Promise<void> {
  const pricing = container.resolve(Modules.PRICING);
  for (const batch of chunksOf(list.products, 500)) {
    const listed = new Map(batch.map((product) => [product.sku, product.price]));
    const variants = await find("product_variant", ["sku", "price_set.id", "price_set.prices.currency_code"], { sku: [...listed.keys()] });
    const missing = variants.filter(
      ({ price_set }) => price_set && !price_set.prices.some((price: any) => price.currency_code === list.currency),
    );
    if (!missing.length) continue;
    log(`prices in ${list.currency} for ${missing.length} products`);
    await pricing.addPrices(
      missing.map(({ sku, price_set }) => ({
        priceSetId: price_set.id,
        prices: [{ currency_code: list.currency, amount: listed.get(sku)! }],
      })),
    );
  }
}

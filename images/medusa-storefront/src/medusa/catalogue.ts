import type { HttpTypes } from "@medusajs/types";
import type { Shop } from "./shop";
import { imageUrl } from "./images";

export interface Variant {
  id: string;
  title: string;
  /** Option title → value. */
  options: Map<string, string>;
  /** Undefined: the shop has no price for it in this currency. */
  price?: number;
  /** What it costs without the sale that is on. */
  regularPrice?: number;
  /** Pieces left; Infinity where stock is not counted or may run below zero. */
  stock: number;
}

/** A product as the catalogue shows it. */
export interface Card {
  id: string;
  title: string;
  handle: string;
  image?: string;
  variants: Variant[];
}

export interface Product extends Card {
  subtitle?: string;
  description?: string;
  images: string[];
}

export interface Choice {
  title: string;
  values: { value: string; variant: Variant; chosen: boolean }[];
}

export const pageSize = 12;

const cardFields = "id,title,handle,thumbnail,*variants,*variants.options,*variants.options.option,*variants.calculated_price,+variants.inventory_quantity";
const productFields = `${cardFields},subtitle,description,*images`;

/** One page of the catalogue, newest products first, or of what a search finds. */
export async function listProducts(shop: Shop, search: string, page: number): Promise<{ products: Card[]; count: number; pages: number }> {
  const { products, count } = await shop.api.recent<HttpTypes.StoreProductListResponse>("/store/products", {
    limit: pageSize,
    offset: (page - 1) * pageSize,
    order: "-created_at",
    region_id: shop.regionId,
    fields: cardFields,
    q: search || undefined,
  });
  return { products: products.map(card), count, pages: Math.max(1, Math.ceil(count / pageSize)) };
}

export async function findProduct(shop: Shop, handle: string): Promise<Product | undefined> {
  const query = { handle, limit: 1, region_id: shop.regionId, fields: productFields };
  const [product] = (await shop.api.recent<HttpTypes.StoreProductListResponse>("/store/products", query)).products;
  if (!product) return undefined;
  const thumbnail = imageUrl(product.thumbnail);
  const images = [thumbnail, ...(product.images ?? []).map(({ url }) => imageUrl(url))].filter((url) => url !== undefined);
  return { ...card(product), subtitle: product.subtitle ?? undefined, description: product.description ?? undefined, images: [...new Set(images)] };
}

const card = (product: HttpTypes.StoreProduct): Card => ({
  id: product.id,
  title: product.title,
  handle: product.handle,
  image: imageUrl(product.thumbnail),
  variants: (product.variants ?? []).toSorted((a, b) => (a.variant_rank ?? 0) - (b.variant_rank ?? 0)).map(toVariant),
});

function toVariant(variant: HttpTypes.StoreProductVariant): Variant {
  const { calculated_amount: price, original_amount: regularPrice } = variant.calculated_price ?? {};
  const counted = variant.manage_inventory !== false && !variant.allow_backorder;
  return {
    id: variant.id,
    title: variant.title ?? "",
    options: new Map((variant.options ?? []).map(({ option, value }) => [option?.title ?? "", value])),
    price: price ?? undefined,
    regularPrice: price != null && regularPrice != null && regularPrice > price ? regularPrice : undefined,
    stock: counted ? Math.max(0, variant.inventory_quantity ?? 0) : Infinity,
  };
}

export const canBuy = ({ price, stock }: Variant) => price !== undefined && stock > 0;

/** Prices of what can be bought, or of all if nothing can. */
export function priceRange({ variants }: Card): { from: number; to: number } | undefined {
  const buyable = variants.filter(canBuy);
  const prices = (buyable.length > 0 ? buyable : variants).flatMap(({ price }) => price ?? []);
  return prices.length > 0 ? { from: Math.min(...prices), to: Math.max(...prices) } : undefined;
}

/** The variant asked for, else the first that can be bought. Undefined if the product has none. */
export function chooseVariant({ variants }: Card, id?: string): Variant | undefined {
  return variants.find((variant) => variant.id === id) ?? variants.find(canBuy) ?? variants[0];
}

/**
 * For each option its values, each with the variant that choosing it leads to: the one that differs from the chosen one in
 * as few other options as possible. A product with one variant offers no choice.
 */
export function choices({ variants }: Card, chosen: Variant): Choice[] {
  if (variants.length < 2) return [];
  const shared = (variant: Variant) => [...chosen.options].filter(([title, value]) => variant.options.get(title) === value).length;
  return [...chosen.options.keys()].map((title) => {
    const values = [...new Set(variants.flatMap((variant) => variant.options.get(title) ?? []))];
    return {
      title,
      values: values.map((value) => {
        const candidates = variants.filter((variant) => variant.options.get(title) === value);
        const closest = candidates.reduce((best, variant) => (shared(variant) > shared(best) ? variant : best));
        return { value, variant: closest, chosen: chosen.options.get(title) === value };
      }),
    };
  });
}

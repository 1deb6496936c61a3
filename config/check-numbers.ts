import { type Finding, holdersOf, isEntry, productsOf } from "./checks";
import { price, product } from "./fields";

/** What is below zero the schema refuses, but for -0. */
const plain = /^(0|[1-9]\d*)(\.\d+)?$/;

/**
 * Numbers that YAML reads as another than people do: 010, 0x10, 1e3.
 * @param sourceOf an unquoted value as it is written
 */
export function numberFindings(data: unknown, sourceOf: (path: Finding["path"]) => string | undefined): Finding[] {
  const { defaults, stores } = holdersOf(data);
  return [defaults, ...stores].flatMap((holder) => {
    const shipping = isEntry(holder.entry.medusa) ? [{ value: holder.entry.medusa.shippingPrice, path: [...holder.path, "medusa", "shippingPrice"], schema: price }] : [];
    const ofProducts = productsOf(holder).flatMap(({ product: { price: amount, stock }, path }) => [
      { value: amount, path: [...path, "price"], schema: price },
      { value: stock, path: [...path, "stock"], schema: product.shape.stock },
    ]);
    return [...ofProducts, ...shipping].flatMap(({ value, path, schema }): Finding[] => {
      // What the schema refuses is told already.
      if (typeof value !== "number" || !schema.safeParse(value).success) return [];
      const source = sourceOf(path);
      return source === undefined || plain.test(source) ? [] : [{ path, message: `would be read as ${value}`, repair: "write the number in plain digits" }];
    });
  });
}

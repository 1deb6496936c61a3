import { createInventoryItemsWorkflow, createInventoryLevelsWorkflow } from "@medusajs/medusa/core-flows";
import { Modules } from "@medusajs/framework/utils";

import type { ListedProduct } from "./list";
import type { Seed } from "./seed";

/** What is kept in stock, by SKU: items and their level at the location are there. A level that exists stays as it is. */
export async function followInventory({ container }: Seed, products: ListedProduct[], locationId: string): Promise<Map<string, string>> {
  const inventory = container.resolve(Modules.INVENTORY);
  const all = { take: null as never };
  const items = new Map<string, string>();
  const remember = (found: { id: string; sku?: string | null }[]) => found.forEach(({ id, sku }) => items.set(sku!, id));

  remember(await inventory.listInventoryItems({ sku: products.map(({ sku }) => sku) }, { select: ["id", "sku"], ...all }));
  const missing = products.filter(({ sku }) => !items.has(sku));
  if (missing.length) {
    const { result } = await createInventoryItemsWorkflow(container).run({
      input: { items: missing.map(({ sku, name }) => ({ sku, title: name, requires_shipping: true })) },
    });
    remember(result);
  }

  const levels = await inventory.listInventoryLevels({ inventory_item_id: [...items.values()], location_id: locationId }, { select: ["inventory_item_id"], ...all });
  const withLevel = new Set(levels.map(({ inventory_item_id }) => inventory_item_id));
  const without = products.filter(({ sku }) => !withLevel.has(items.get(sku)!));
  if (without.length) {
    await createInventoryLevelsWorkflow(container).run({
      input: {
        inventory_levels: without.map(({ sku, stock }) => ({ inventory_item_id: items.get(sku)!, location_id: locationId, stocked_quantity: stock })),
      },
    });
  }
  return items;
}

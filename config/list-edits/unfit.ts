import { isAlias, isMap, isPair, isSeq, type Node, type Pair } from "yaml";
import { behindColon } from "./keys";

/** The first node by which an entry is more than its own lines say: an anchor, an alias, a merge key; or a key in lines that has no colon behind it. */
export function unfitFor(text: string, node: unknown): Node | undefined {
  if (isPair(node)) {
    const { key, value } = node as Pair<Node, Node | null>;
    return text.slice(key.range![0], key.range![1]) === "<<" ? key : (unfitFor(text, key) ?? unfitFor(text, value));
  }
  if (isAlias(node)) return node;
  if ((node as Node | null)?.anchor !== undefined) return node as Node;
  if (!isMap(node) && !isSeq(node)) return undefined;
  for (const item of node.items) {
    const found = unfitFor(text, item);
    if (found) return found;
    if (isPair(item) && !node.flow && behindColon(text, item as Pair<Node>) === undefined) return item.key as Node;
  }
  return undefined;
}

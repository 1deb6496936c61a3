import { isCollection, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from "yaml";
import { parseYaml } from "../list-document";
import { addFlowItem, removeFlowItem } from "./flow-items";
import type { KeyChange } from "./merge-patch";
import { print, printPair, styleOf, type Json } from "./print";
import { columnOf, cutLines, insertBelow, lineStart, lineStop, nextLine, splice } from "./splice";

type WrittenPair = Pair<Node, Node | null>;

export const pairsOf = (map: YAMLMap) => map.items as WrittenPair[];
/** The pair of a key, as `toJS` names it. */
export const pairOf = (map: YAMLMap, key: string) => pairsOf(map).find((pair) => isScalar(pair.key) && String(pair.key.value ?? "") === key);

const isBlockScalar = (node: Node) => isScalar(node) && (node.type === "BLOCK_LITERAL" || node.type === "BLOCK_FOLDED");

/** Where the last of a value's characters is, in front of its line's comment and break. Empty lines below a text belong to it only where `|+` keeps them. */
export function contentEnd(text: string, node: Node): number {
  if (isMap(node) && !node.flow) {
    const { key, value } = pairsOf(node).at(-1)!;
    return contentEnd(text, value ?? key);
  }
  if (isSeq(node) && !node.flow) return contentEnd(text, node.items.at(-1) as Node);
  const [start, end] = node.range!;
  if (!isBlockScalar(node)) return end;
  const source = text.slice(start, end);
  return start + source.replace(/^.\d?\+/.test(source) ? /\r?\n$/ : /(\r?\n)+$/, "").length;
}

/** Behind a pair's colon; undefined where it has none, or a comment in between. */
export function behindColon(text: string, { key }: Pair<Node, unknown>): number | undefined {
  const colon = /\s*:/y;
  colon.lastIndex = key.range![1];
  return colon.test(text) ? colon.lastIndex : undefined;
}

/**
 * Writes or takes away one key of an entry.
 * @param entry the entry's text by itself, with a line break at its end: the lines from its dash on, or what is in its braces
 */
export function changeKey(entry: string, { path, value }: KeyChange): string {
  const root = parseYaml(entry).contents;
  const maps = [isSeq(root) ? root.items[0] : root] as YAMLMap[];
  for (const step of path.slice(0, -1)) maps.push(pairOf(maps.at(-1)!, step)!.value as YAMLMap);
  const map = maps.at(-1)!;
  const key = path.at(-1)!;
  if (value !== undefined) return setKey(entry, map, key, value);
  const pair = pairOf(map, key)!;
  if (map.items.length > 1) return removePair(entry, map, pair);
  // The last key of a map leaves braces.
  const emptied = pairOf(maps.at(-2)!, path.at(-2)!)!;
  const colon = behindColon(entry, emptied)!;
  return map.flow ? splice(entry, map.range![0], map.range![1], "{}") : splice(removePair(entry, map, pair), colon, colon, " {}");
}

function setKey(text: string, map: YAMLMap, key: string, value: Json): string {
  const style = styleOf(map);
  const pair = pairOf(map, key);
  if (pair) return map.flow ? replaceInBraces(text, pair, print(value, style)) : replaceInLines(text, pair, print(value, style));
  const printed = printPair(key, value, style);
  return map.flow ? addFlowItem(text, map, printed) : insertBelow(text, contentEnd(text, map), [" ".repeat(columnOf(text, map.range![0])) + printed]);
}

function replaceInBraces(text: string, pair: WrittenPair, printed: string): string {
  const [start, end] = pair.value?.range ?? [0, 0];
  if (end > start) return splice(text, start, end, printed);
  const colon = behindColon(text, pair);
  const at = colon ?? pair.key.range![1];
  return splice(text, at, at, colon === undefined ? `: ${printed}` : ` ${printed}`);
}

/** A comment on the key's line stays. Comments between the lines of a list or map go with it, those below its last line stay. */
function replaceInLines(text: string, pair: WrittenPair, printed: string): string {
  const value = pair.value!;
  const colon = behindColon(text, pair)!;
  const [start, end] = value.range!;
  if (start === end) return splice(text, colon, colon, ` ${printed}`);
  if (!isBlockScalar(value) && /^[ \t]+$/.test(text.slice(colon, start))) return splice(text, start, end, printed);
  const stop = isCollection(value) && !value.flow ? lineStop(text, contentEnd(text, value)) : contentEnd(text, value);
  const comment = /^(?:[ \t]*[|>][-+\d]*)?([ \t]+#[^\r\n]*)/.exec(text.slice(colon, stop))?.[1] ?? "";
  return splice(text, colon, stop, ` ${printed}${comment}`);
}

/** The lines of a key go, with the comment behind it; comment lines above and below stay. */
function removePair(text: string, map: YAMLMap, pair: WrittenPair): string {
  if (map.flow) return removeFlowItem(text, map, map.items.indexOf(pair));
  const start = pair.key.range![0];
  const from = lineStart(text, start);
  const to = nextLine(text, contentEnd(text, pair.value ?? pair.key));
  if (text.slice(from, start).trim() === "") return cutLines(text, from, to);
  // The dash's line: the next key moves up, unless a comment is in between; then the dash stands alone.
  const next = pairsOf(map)[1]!.key.range![0];
  if (text.slice(to, next).trim() === "") return splice(text, start, next);
  const dash = text.slice(0, start).trimEnd();
  return dash + text.slice(lineStop(text, to - 1), to) + text.slice(to);
}

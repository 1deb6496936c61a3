import { isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap, type YAMLSeq } from "yaml";
import { addFlowItem, removeFlowItem } from "./flow-items";
import { contentEnd } from "./keys";
import { print, printPair, styleOf, type JsonMap } from "./print";
import { columnOf, cutLines, insertBelow, lineBreak, lineStart, lineStop, nextLine, splice } from "./splice";

/** `stores:` as it is written. */
export interface WrittenStores {
  text: string;
  root: YAMLMap;
  pair: Pair<Node, Node | null>;
  /** Behind the colon of `stores:`. */
  colon: number;
  /** Absent where nothing, or null, is written. */
  list?: YAMLSeq;
}

/** The whole lines of an entry of a block list, as offsets. */
export interface EntryLines {
  /** With the comment lines directly above; those above the first entry may be about the whole list, and are not its own. */
  from: number;
  dash: number;
  /** Behind the last line with content. */
  end: number;
  /** With the comment lines directly below that are indented deeper than the dash. */
  to: number;
}

const isBlank = (line: string) => line.trim() === "";
const isComment = (line: string) => /^[ \t]*#/.test(line);
const lineAt = (text: string, offset: number) => text.slice(offset, nextLine(text, offset));
const lineAbove = (text: string, offset: number) => lineAt(text, lineStart(text, offset - 1));

/** Behind the comment lines that start at an offset and are indented deeper than a column. */
function behindDeeperComments(text: string, offset: number, column: number): number {
  while (offset < text.length && isComment(lineAt(text, offset)) && lineAt(text, offset).search(/#/) > column) offset = nextLine(text, offset);
  return offset;
}

/** Where an entry of a block list is; undefined where its dash does not start a line. */
export function linesOf(text: string, list: YAMLSeq, index: number): EntryLines | undefined {
  const column = columnOf(text, list.range![0]);
  const isDash = new RegExp(`^ {${column}}-\\s`);
  const item = list.items[index] as Node;
  let dash = lineStart(text, item.range![0]);
  while (!isDash.test(`${lineAt(text, dash)}\n`)) {
    if (dash <= list.range![0]) return undefined;
    dash = lineStart(text, dash - 1);
  }
  const end = nextLine(text, Math.max(contentEnd(text, item), dash + column + 1));
  let from = dash;
  if (index > 0) {
    const above = linesEnd(text, list, index - 1, column);
    while (from > above && isComment(lineAbove(text, from))) from = lineStart(text, from - 1);
  }
  return { from, dash, end, to: behindDeeperComments(text, end, column) };
}

const linesEnd = (text: string, list: YAMLSeq, index: number, column: number) => behindDeeperComments(text, nextLine(text, contentEnd(text, list.items[index] as Node)), column);

/** Adds an entry below the last one, written as that is. In a list that is empty, or in brackets, each entry gets a line of its own first. */
export function added({ text, root, pair, colon, list }: WrittenStores, entry: JsonMap): string | undefined {
  const last = list?.items.at(-1) as Node | undefined;
  const style = isMap(last) ? styleOf(last) : "line";
  if (root.flow) return list && addFlowItem(text, list, print(entry, styleOf(root)));
  if (!list || list.flow) {
    const column = columnOf(text, root.range![0]);
    const block = asBlock(text, colon, pair.value, column + 2);
    const at = list?.items.length ? block.at : lineStop(block.text, behindDeeperComments(block.text, nextLine(block.text, block.at), column) - 1);
    return insertBelow(block.text, at, written(entry, style, column + 2));
  }
  const lines = linesOf(text, list, list.items.length - 1);
  if (!lines) return undefined;
  const column = columnOf(text, list.range![0]);
  const keys = isMap(last) && !last.flow ? columnOf(text, last.range![0]) - column : 2;
  const apart = list.items.length > 1 && isBlank(lineAbove(text, lines.from)) && !isBlank(lineAbove(text, lines.to));
  return insertBelow(text, lines.to - 1, [...(apart ? [""] : []), ...written(entry, style, column, Math.max(keys, 2))]);
}

/** The lines of an entry whose keys start `keys` columns behind its dash. */
function written(entry: JsonMap, style: ReturnType<typeof styleOf>, column: number, keys = 2): string[] {
  const dash = " ".repeat(column) + "-".padEnd(keys);
  if (style !== "line") return [" ".repeat(column) + `- ${print(entry, style)}`];
  const pairs = Object.entries(entry).map(([key, value]) => printPair(key, value, style));
  return pairs.map((line, index) => (index === 0 ? dash : " ".repeat(dash.length)) + line);
}

/** `stores:` with each entry of a list in brackets on lines of its own. `at` is on the last of these lines. */
function asBlock(text: string, colon: number, value: Node | null, column: number): { text: string; at: number } {
  if (!value || (isScalar(value) && value.source === "")) return { text, at: colon };
  const end = value.range![1];
  const items = isSeq(value) ? (value.items as Node[]) : [];
  const indent = " ".repeat(column);
  const lines: string[] = [];
  let head = "";
  let behind = isSeq(value) ? value.range![0] + 1 : end;
  /** Comments between entries: the first, if it is on their line, stays behind the entry above. */
  const comments = (to: number) => {
    const [same = "", ...below] = text.slice(behind, to).split("\n");
    const comment = /#.*/.exec(same.trimEnd())?.[0];
    if (comment && lines.length > 0) lines[lines.length - 1] += ` ${comment}`;
    else if (comment) head = ` ${comment}`;
    lines.push(...below.map((line) => /#.*/.exec(line.trimEnd())?.[0]).filter((it) => it !== undefined).map((it) => indent + it));
  };
  for (const { range } of items) {
    comments(range![0]);
    lines.push(`${indent}- ${shifted(text.slice(range![0], range![1]), column + 2)}`);
    behind = range![1];
  }
  if (isSeq(value)) comments(end - 1);
  const changed = splice(text, colon, end, head);
  const at = colon + head.length;
  return lines.length === 0 ? { text: changed, at } : below(changed, at, lines);
}

function below(text: string, offset: number, lines: string[]) {
  const changed = insertBelow(text, offset, lines);
  const eol = lineBreak(changed, nextLine(changed, offset)).length;
  return { text: changed, at: nextLine(changed, offset) + lines.reduce((sum, line) => sum + line.length + eol, 0) - eol };
}

/** The lines below the first, moved so that the least indented starts at a column. */
function shifted(source: string, column: number): string {
  const [first = "", ...rest] = source.split("\n");
  const least = Math.min(...rest.filter((line) => !isBlank(line)).map((line) => line.search(/\S/)));
  return [first, ...rest.map((line) => (isBlank(line) ? line : " ".repeat(column) + line.slice(least)))].join("\n");
}

/** Takes an entry out. The last leaves `stores: []`. Of two empty lines that meet, one goes. */
export function removed({ text, colon, list }: WrittenStores, index: number): string | undefined {
  if (!list) return undefined;
  const { length } = list.items;
  if (list.flow) {
    const [from, to] = list.range!;
    const [start, end] = (list.items[index] as Node).range!;
    const hasComment = (text.slice(from, start) + text.slice(end, to)).includes("#");
    return length === 1 && !hasComment ? splice(text, from, to, "[]") : removeFlowItem(text, list, index);
  }
  const lines = linesOf(text, list, index);
  if (!lines) return undefined;
  let { from, to } = lines;
  if (length === 1) return splice(cutLines(text, from, to), colon, colon, " []");
  const blankAbove = isBlank(lineAbove(text, from));
  const blankBelow = to < text.length && isBlank(lineAt(text, to));
  if (index === 0 && blankBelow && !isComment(lineAbove(text, from))) to = nextLine(text, to);
  else if (index > 0 && blankAbove && (blankBelow || index === length - 1) && from > linesEnd(text, list, index - 1, columnOf(text, list.range![0]))) from = lineStart(text, from - 1);
  return cutLines(text, from, to);
}

import { isMap, type Node, type Pair, type YAMLMap, type YAMLSeq } from "yaml";
import { lineBreak, lineStart, lineStop, nextLine, splice } from "./splice";

/** Where an item of a list or map in brackets is, without its comma. */
interface Span {
  start: number;
  end: number;
}

function spansOf(collection: YAMLMap | YAMLSeq): Span[] {
  if (isMap(collection)) return (collection.items as Pair<Node, Node | null>[]).map(({ key, value }) => ({ start: key.range![0], end: (value ?? key).range![1] }));
  return (collection.items as Node[]).map(({ range }) => ({ start: range![0], end: range![1] }));
}

/** What is in front of an offset on its line, when that is nothing but space. */
function indentBefore(text: string, offset: number): string | undefined {
  const before = text.slice(lineStart(text, offset), offset);
  return /^[ \t]*$/.test(before) ? before : undefined;
}

/** Nothing but a comma and a comment: the brackets are not closed on this line. */
const restOfItem = /^[ \t]*(,)?[ \t]*(#.*)?$/;

/** Adds an item at the end of a list or map in brackets: below the last one where that has a line of its own, else behind it. */
export function addFlowItem(text: string, collection: YAMLMap | YAMLSeq, printed: string): string {
  const [from, to] = collection.range!;
  const last = spansOf(collection).at(-1);
  if (!last) {
    const pad = isMap(collection) ? " " : "";
    const hasComment = text.slice(from + 1, to - 1).trim() !== "";
    return splice(text, from + 1, hasComment ? from + 1 : to - 1, hasComment ? pad + printed : pad + printed + pad);
  }
  const indent = indentBefore(text, last.start);
  const stop = lineStop(text, last.end);
  const rest = text.slice(last.end, stop);
  const [matched, comma] = restOfItem.exec(rest) ?? [];
  if (indent === undefined || matched === undefined || stop > to) return splice(text, last.end, last.end, `, ${printed}`);
  return splice(text, last.end, stop, `${comma ? "" : ","}${rest}${lineBreak(text, stop)}${indent}${printed}${comma ?? ""}`);
}

/** Takes one of several items out of a list or map in brackets, with its line where it has one of its own. Comments between items stay. */
export function removeFlowItem(text: string, collection: YAMLMap | YAMLSeq, index: number): string {
  const spans = spansOf(collection);
  const { start, end } = spans[index]!;
  const previous = spans[index - 1];
  const next = spans[index + 1];
  const [matched, comma] = restOfItem.exec(text.slice(end, lineStop(text, end))) ?? [];
  if (indentBefore(text, start) !== undefined && matched !== undefined && nextLine(text, end) <= collection.range![1]) {
    const cut = splice(text, lineStart(text, start), nextLine(text, end));
    if (next || comma || !previous) return cut;
    const commaAt = /^\s*,/.exec(text.slice(previous.end, start))?.[0].length;
    return commaAt === undefined ? cut : splice(cut, previous.end + commaAt - 1, previous.end + commaAt);
  }
  // Where a comment is between two items it stays, and so may a comma behind the last item: YAML allows that.
  const hasComment = (from: number, to: number) => text.slice(from, to).includes("#");
  const behindComma = end + (/^\s*,/.exec(text.slice(end, next?.start ?? collection.range![1]))?.[0].length ?? 0);
  if (next) return splice(text, start, hasComment(end, next.start) ? behindComma : next.start);
  return previous && !hasComment(previous.end, start) ? splice(text, previous.end, end) : splice(text, start, behindComma);
}

// Edits the text of a stores list, entry by entry: only the bytes of that entry, or key, are replaced. Comments, order, line breaks and
// every other byte stay. What comes out is read again here; whether it is a *valid* list says the loader:
//
//   const text = addEntry(before, { name: "acme", engine: "medusa" });
//   parseStores(file, text, options); // throws ListErrors with every problem and its place
import { isDeepStrictEqual } from "node:util";
import { isMap, isSeq, type Node, type YAMLMap } from "yaml";
import { UserError } from "./errors";
import { nearest } from "./explain";
import { documentOf, type ListDocument, type PlacedProblem } from "./list-document";
import { added, linesOf, removed, type WrittenStores } from "./list-edits/entries";
import { behindColon, changeKey, pairOf } from "./list-edits/keys";
import { changesOf, merged, plainMap } from "./list-edits/merge-patch";
import { isJsonMap, type JsonMap } from "./list-edits/print";
import { keepsOtherLines, type Touched, touchedBy } from "./list-edits/other-lines";
import { lineBreak, splice } from "./list-edits/splice";
import { unfitFor } from "./list-edits/unfit";
import { maxListBytes } from "./read-file";
import { quoted } from "./shown";

/** An entry as it is in the list. */
export interface ListEntry {
  data: JsonMap;
  /** Its lines, with its own comments; of a list in brackets, what is in its braces. */
  text: string;
  /** Its first and its last line; lines count from 1. */
  lines: [first: number, last: number];
}

interface OpenList extends WrittenStores {
  document: ListDocument;
  data: JsonMap;
  /** What the entries say, valid or not. */
  stores: unknown[];
}

const byHand = "Edit the list by hand: this can not be changed without rewriting more than its own lines.";

/**
 * Adds an entry at the end, written as the last one is: in lines, or in braces. `stores: []` and a list in brackets get lines first.
 * @throws UserError `name-taken`, `list-invalid`, or `edit-refused` for what is no entry, or can not be added by a splice
 */
export function addEntry(text: string, entry: object): string {
  const list = openList(text);
  const wanted = plainMap(entry, "the entry");
  const { name } = wanted;
  if (typeof name !== "string") throw new UserError("the entry has no name", 'Give it a "name" that is text.', "edit-refused");
  const taken = list.stores.findIndex((store) => isNamed(store, name));
  if (taken >= 0) throw new UserError(`${placeOf(list, taken)}: there is a store ${quoted(name)} already`, "Choose another name, or change that store.", "name-taken");
  const last = list.stores.length - 1;
  return proven(list, last, added(list, wanted) ?? refuse(list, last), [...list.stores, wanted], list.list && !list.list.flow ? [] : [storesOf(list)]);
}

/**
 * Changes an entry by a JSON merge patch (RFC 7396): `null` takes a key away, so that its default holds; maps merge, lists are replaced.
 * A key that has the value already is not touched. A new value is on one line, and takes the place of all lines of the old one, with the
 * comments between these; the comment behind it, and those above and below, stay.
 * @throws UserError `unknown-store`, `list-invalid`, or `edit-refused`: another name, no map, or an entry with anchors, aliases or merge keys
 */
export function patchEntry(text: string, name: string, mergePatch: object): string {
  const list = openList(text);
  const index = indexOf(list, name);
  const patch = plainMap(mergePatch, "the change");
  if (Object.hasOwn(patch, "name") && patch.name !== name) {
    throw new UserError(`the name of the store ${quoted(name)} can not be changed`, "Another name is another store: add one, and remove this.", "edit-refused");
  }
  requireFit(list, index);
  const data = list.stores[index] as JsonMap;
  const changes = changesOf(data, patch);
  if (changes.length === 0) return text;
  const { from, to } = spanOf(list, index);
  const entry = text.slice(from, to);
  // By its end, new lines in it are broken as the others.
  const eol = entry.endsWith("\n") ? "" : lineBreak(text, from);
  const changed = changes.reduce(changeKey, entry + eol).slice(0, eol === "" ? undefined : -eol.length);
  const stores = list.stores.map((store, at) => (at === index ? merged(data, patch) : store));
  const touched = changes.flatMap((change) => touchedBy(text, list.list!.items[index] as YAMLMap, change));
  return proven(list, index, splice(text, from, to, changed), stores, touched);
}

/**
 * Takes an entry out, with the comment lines directly above it and those below that are indented as its keys; of the first entry, what is
 * above stays. The last leaves `stores: []`.
 * @throws UserError `unknown-store`, `list-invalid`, or `edit-refused`: an entry with anchors, aliases or merge keys
 */
export function removeEntry(text: string, name: string): string {
  const list = openList(text);
  const index = indexOf(list, name);
  requireFit(list, index);
  const lines = list.list!.flow ? undefined : linesOf(text, list.list!, index);
  const touched: Touched[] = lines ? [[lines.from, lines.to - 1], [list.colon, list.colon]] : [storesOf(list)];
  return proven(list, index, removed(list, index) ?? refuse(list, index), list.stores.filter((_, at) => at !== index), touched);
}

/**
 * What the list says of a store, and where.
 * @throws UserError `unknown-store`, or `list-invalid`
 */
export function entryOf(text: string, name: string): ListEntry {
  const list = openList(text);
  const index = indexOf(list, name);
  const block = list.list!.flow ? undefined : linesOf(text, list.list!, index);
  const { from, to } = block ?? spanOf(list, index);
  const lineOf = (offset: number) => Number(list.document.lineAndColumn(offset).split(":")[0]);
  return { data: list.stores[index] as JsonMap, text: text.slice(from, to), lines: [lineOf(from), lineOf(to - 1)] };
}

/** @throws UserError `list-invalid` with the first problem, for a text that holds no list at all */
function openList(text: string): OpenList {
  const document = read(text);
  const first = [...document.fatal, ...document.duplicateKeys][0];
  if (first) throw invalid(first);
  const data = document.data();
  const root = document.contents;
  const pair = isMap(root) && pairOf(root as YAMLMap, "stores");
  if (!isJsonMap(data) || !pair) throw invalid({ line: 1, column: 1, path: [], message: 'there is no "stores:"', repair: 'write "stores: []" if no store is to run' });
  const { value } = pair;
  const colon = behindColon(text, pair);
  const isList = isSeq(value) && value.anchor === undefined;
  if (colon === undefined || (!isList && data.stores !== null)) {
    throw new UserError(`${document.lineAndColumn((value ?? pair.key).range![0])}: the stores are not a list of their own`, byHand, "edit-refused");
  }
  return { text, document, data, root: root as YAMLMap, pair, colon, list: isList ? value : undefined, stores: isList ? (data.stores as unknown[]) : [] };
}

function read(text: string): ListDocument {
  try {
    return documentOf(text);
  } catch (error) {
    // The YAML library and the walks over its tree are recursive.
    if (error instanceof RangeError) throw invalid({ line: 1, column: 1, path: [], message: "it is nested too deeply", repair: "a list needs no more than six levels" });
    throw error;
  }
}

const invalid = ({ line, column, message, repair }: PlacedProblem) => new UserError(`${line}:${column}: ${message}`, repair, "list-invalid");

function indexOf({ stores, document }: OpenList, name: string): number {
  const found = [...stores.keys()].filter((index) => isNamed(stores[index], name));
  const [index, second] = found;
  if (index === undefined) {
    const near = nearest(name, stores.flatMap((store) => (isJsonMap(store) && typeof store.name === "string" ? [store.name] : [])));
    throw new UserError(`there is no store ${quoted(name)} in the list`, near && `Did you mean "${near}"?`, "unknown-store");
  }
  if (second !== undefined) throw invalid({ ...document.atPath(["stores", second, "name"], { message: `two stores have the name ${quoted(name)}`, repair: "rename one" }) });
  return index;
}

const isNamed = (store: unknown, name: string) => isJsonMap(store) && Object.hasOwn(store, "name") && store.name === name;

/** What is edited of an entry by itself: the lines from its dash on, or what is in its braces. */
function spanOf(list: OpenList, index: number): { from: number; to: number } {
  const { text, list: written } = list;
  const item = written!.items[index] as Node;
  if (written!.flow) return { from: item.range![0], to: item.range![1] };
  const lines = linesOf(text, written!, index) ?? refuse(list, index);
  return { from: lines.dash, to: lines.end };
}

const placeOf = ({ document }: OpenList, index: number) => document.placeOf(["stores", index]);

function refuse(list: OpenList, index: number): never {
  throw new UserError(`${placeOf(list, index)}: the list is written in a way that is not edited here`, byHand, "edit-refused");
}

function requireFit({ text, document, list, stores }: OpenList, index: number): void {
  const node = unfitFor(text, list!.items[index]);
  if (!node) return;
  const name = quoted(String((stores[index] as JsonMap).name));
  throw new UserError(`${document.lineAndColumn(node.range![0])}: the store ${name} is written with an anchor, an alias, a merge key or a "? " key`, byHand, "edit-refused");
}

/** From `stores:` to the end of what is written there. */
const storesOf = ({ pair, colon }: OpenList): Touched => [pair.key.range![0], Math.max(colon, pair.value?.range![1] ?? 0)];

/**
 * The new text, once it is read as the old data with this change and nothing else, and holds all lines that the change is not about.
 * @param index of the entry that an error names the place of
 */
function proven(list: OpenList, index: number, changed: string, stores: unknown[], touched: Touched[]): string {
  const bytes = Buffer.byteLength(changed);
  if (bytes >= maxListBytes) throw new UserError(`the list would be too large: ${(bytes / 1e6).toFixed(1)} MB`, `Keep it below ${maxListBytes / 1e6} MB.`, "edit-refused");
  const document = read(changed);
  const problem = [...document.fatal, ...document.duplicateKeys][0];
  const refusal = (message: string) => new UserError(`${placeOf(list, index)}: ${message}`, byHand, "edit-refused");
  if (problem) throw refusal(`with this change the list would be broken at ${problem.line}:${problem.column}: ${problem.message}`);
  if (!isDeepStrictEqual(document.data(), { ...list.data, stores }) || !keepsOtherLines(list.text, touched, changed)) throw refusal("more than this would change in the list");
  return changed;
}

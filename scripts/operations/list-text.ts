import { createHash } from "node:crypto";
import { canonical } from "../../config/canonical";
import { entryOf, type ListEntry as WrittenEntry } from "../../config/edit-list";
import { ListErrors, UserError } from "../../config/errors";
import { documentOf } from "../../config/list-document";
import { readListFile } from "../../config/read-file";
import { listFile } from "../../stores/listed";
import type { Scope } from "./scope";

/** A stores list as it is written, right or wrong. */
export interface ListText {
  file: string;
  text: string;
  /** SHA-256 of the text: another one is another list. */
  digest: string;
}

/** SHA-256, as everybody has it who compares lists. */
export const digestOfText = (text: string): string => createHash("sha256").update(text).digest("hex");

/** @returns throws ListErrors where there is no text to be read */
export function readListText({ env, file: named }: Scope): ListText {
  const file = listFile(env, named);
  const read = readListFile(file);
  if ("problem" in read) throw new ListErrors([{ file, ...read.problem }]);
  return { file, text: read.text, digest: digestOfText(read.text) };
}

/** A store's entry, as data, without what `defaults` add. */
export interface ListEntry {
  entry: Record<string, unknown>;
  /** Of the data, however it is written. */
  digest: string;
  /** How it is written, where that was asked for. */
  written?: Pick<WrittenEntry, "text" | "lines">;
}

/** The entries of a list by their names; none where it is no YAML. Right or wrong otherwise: the last of two of a name counts. */
export function entriesIn(text: string): Map<string, ListEntry> {
  const { stores } = partsOf(text);
  return new Map(stores.filter(isNamed).map((entry) => [entry.name, { entry, digest: digestOfText(canonical(entry)) }]));
}

/** How a store's entry is written; undefined where that can not be told, as in a list that is wrong. */
export function writtenIn(text: string, name: string): Pick<WrittenEntry, "text" | "lines"> | undefined {
  try {
    const { text: its, lines } = entryOf(text, name);
    return { text: its, lines };
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** A short digest of each entry; undefined where the text is no YAML. */
export function entryDigests(text: string): Record<string, string> | undefined {
  if (!partsOf(text).readable) return undefined;
  return Object.fromEntries([...entriesIn(text)].map(([name, { digest }]) => [name, digest.slice(0, 12)]));
}

/** What the list says of all stores at once, right or wrong. */
export function defaultsIn(text: string): Record<string, unknown> {
  const { defaults } = partsOf(text);
  return typeof defaults === "object" && defaults !== null ? (defaults as Record<string, unknown>) : {};
}

/** What a list names as pictures of its products that is no address: files of the machine where it lies. */
export function imageFilesIn(text: string): Set<string> {
  const { defaults, stores } = partsOf(text);
  const products = [defaults, ...stores].flatMap((holder) => (holder as { products?: unknown } | null | undefined)?.products ?? []);
  return new Set(products.map((product) => (product as { image?: unknown } | null)?.image).filter((image): image is string => typeof image === "string" && !image.startsWith("https:")));
}

/** As far as it is YAML, right or wrong. */
function partsOf(text: string): { readable: boolean; defaults: unknown; stores: unknown[] } {
  const document = documentOf(text);
  const data = document.fatal.length > 0 ? undefined : (document.data() as { defaults?: unknown; stores?: unknown } | null | undefined);
  return { readable: data !== undefined, defaults: data?.defaults, stores: Array.isArray(data?.stores) ? (data.stores as unknown[]) : [] };
}

const isNamed = (entry: unknown): entry is Record<string, unknown> & { name: string } => typeof (entry as { name?: unknown } | null)?.name === "string";

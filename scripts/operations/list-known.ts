import { readFileSync } from "node:fs";
import { z } from "zod";
import { writeWhole } from "../machine/os/write-whole";
import { entryDigests, type ListText } from "./list-text";
import { jsonOf } from "./records/json";

const known = z.object({
  digest: z.string(),
  /** While it is edited here: what it was before, in case that does not come about. */
  before: z.string().optional(),
  entries: z.record(z.string(), z.string()),
});
/** What the list was last known to say on this machine: its digest, and those of its entries. */
export type Known = z.infer<typeof known>;

/** An edit by none of ours. */
export interface EditByHand {
  /** Of the whole text. */
  before: string;
  after: string;
  /** What became of which entry; undefined while it is no YAML, as in the middle of an edit. */
  stores: Record<string, "added" | "changed" | "removed"> | undefined;
}

/** @param file where this machine keeps it; undefined where it never knew */
export function readKnown(file: string): Known | undefined {
  try {
    return known.safeParse(jsonOf(readFileSync(file, "utf8"))).data;
  } catch {
    return undefined;
  }
}

export const remember = (file: string, it: Known): void => writeWhole(file, JSON.stringify(it), { ofUserAlone: true });

export const knownOf = ({ text, digest }: Pick<ListText, "text" | "digest">, last?: Known): Known => ({ digest, entries: entryDigests(text) ?? last?.entries ?? {} });

/** What somebody did to the list since it was last known; undefined: nothing. */
export function editByHand(last: Known, { text, digest }: ListText): EditByHand | undefined {
  if (digest === last.digest || digest === last.before) return undefined;
  const [was, is] = [last.entries, entryDigests(text)];
  return { before: last.digest, after: digest, stores: is && differences(new Map(Object.entries(was)), new Map(Object.entries(is))) };
}

function differences(was: Map<string, string>, is: Map<string, string>): EditByHand["stores"] {
  const changed = [...is].filter(([name, digest]) => was.get(name) !== digest).map(([name]) => [name, was.has(name) ? "changed" : "added"] as const);
  return Object.fromEntries([...changed, ...[...was.keys()].filter((name) => !is.has(name)).map((name) => [name, "removed"] as const)]);
}

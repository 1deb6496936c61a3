import { createHash } from "node:crypto";
import { closeSync, existsSync, fsyncSync, openSync } from "node:fs";
import { resolve } from "node:path";
import { UserError } from "../../config/errors";
import { KubeError, type Kube } from "../../kube";
import { openSession, type Session } from "../engine/session";
import { writeWhole } from "../machine/os/write-whole";
import { readSegments, type Segment } from "./records/audit";
import { noEntries, whereBroken, type Head } from "./records/chain";
import { noteDown } from "./records/of-stores";
import type { Scope } from "./scope";

export interface PruneOptions {
  /** So many of the newest entries stay at least. */
  keep: number;
  /** Where the others go, one a line; it must not be there yet. */
  file: string;
}

export interface Pruned {
  entries: number;
  file: string;
  sha256: string;
}

/**
 * Exports the oldest entries of the audit trail and takes them away, segment by segment. The file is there before the entry that tells of
 * it, and that before anything goes: whoever is killed in between has lost nothing, and does it again with another file.
 * @returns null where nothing is old enough
 */
export async function pruneAudit(scope: Scope, { keep, file }: PruneOptions, opened?: Session): Promise<{ pruned: Pruned | null; head: Head }> {
  const session = opened ?? (await openSession(scope));
  const { kube } = session;
  const segments = await readSegments(kube);
  const entries = segments.flatMap((it) => it.entries);
  const broken = whereBroken(entries, segments[0]?.start ?? noEntries);
  if (broken) throw new UserError(`the audit trail is not whole from entry ${broken.seq} on: ${broken.reason}; nothing was taken away`, "An administrator has to look at what happened to it.");
  const old = oldOf(segments, entries.length - keep);
  const going = old.flatMap((it) => it.entries);
  const last = going.at(-1);
  if (!last) return { pruned: null, head: headOf(segments) };

  await requireRight(kube, old);
  if (existsSync(file)) throw new UserError(`${file} is there already; nothing was taken away`, "It may be what was exported before: name another file.", "usage");
  const text = going.map((entry) => `${JSON.stringify(entry)}\n`).join("");
  write(file, text);
  const sha256 = createHash("sha256").update(text).digest("hex");
  await noteDown(session, { action: "audit.pruned", pruned: { seq: last.seq, hash: last.hash }, reason: `entries ${going[0]!.seq} to ${last.seq}, exported to a file of SHA-256 ${sha256}` });
  for (const { path, version } of old) await kube.remove(path, undefined, version);
  return { pruned: { entries: going.length, file: resolve(file), sha256 }, head: headOf(await readSegments(kube)) };
}

/** The sealed segments that hold nothing but the oldest entries. @param surplus how many of these may go */
function oldOf(segments: Segment[], surplus: number): Segment[] {
  let left = surplus;
  const end = segments.findIndex(({ sealed, entries }) => !sealed || (left -= entries.length) < 0);
  return segments.slice(0, end < 0 ? segments.length : end);
}

function headOf(segments: Segment[]): Head {
  const last = segments.at(-1);
  const { seq, hash } = last?.entries.at(-1) ?? last?.start ?? noEntries;
  return { seq, hash };
}

/** Asks before anything is written: policies that forbid it are not in what an account may, but are heeded by a deletion that is only tried. */
async function requireRight(kube: Kube, [first]: Segment[]): Promise<void> {
  try {
    await kube.remove(`${first!.path}?dryRun=All`);
  } catch (error) {
    if (!(error instanceof KubeError) || error.status !== 403) throw error;
    throw new UserError(`this account may add to the audit trail, and take nothing away: ${error.message}`, "An administrator of the cluster may: what happened to stores is not theirs to remove who change them.", "forbidden");
  }
}

/** Readable by its owner alone, and on the disk for certain. */
function write(file: string, text: string): void {
  try {
    writeWhole(file, text, { ofUserAlone: true });
    const written = openSync(file, "r");
    fsyncSync(written);
    closeSync(written);
  } catch (error) {
    throw new UserError(`the entries can not be exported: ${(error as Error).message}; nothing was taken away`);
  }
}

import { z } from "zod";
import { backupNames, type BackupKind } from "../../config/backup";
import { UserError } from "../../config/errors";
import type { Kube } from "../../kube";
import type { Observed } from "../fleet/observe";
import { runJob } from "./jobs";
import { withDatabases } from "./scale";

/** What came of a backup; all null where pods only pretend to run. */
export interface Saved {
  /** Its id, short, as restic takes it. */
  snapshot: string | null;
  /** Of all that was saved. */
  bytes: number | null;
  /** Of what was not there yet, as it is stored. */
  added: number | null;
}

/** Milliseconds for the backup of one store. */
const patience = 3_600_000;

const summary = z.object({ snapshot_id: z.string(), total_bytes_processed: z.number(), data_added_packed: z.number().optional(), data_added: z.number() });

/** Backs a store up. One that is suspended has its databases started for it. @throws UserError in the pod's own words */
export async function saveStore(kube: Kube, { namespace, suspended }: Pick<Observed, "namespace" | "suspended">, kind: BackupKind, signal: AbortSignal): Promise<Saved> {
  const run = (alone: boolean) => runJob(kube, namespace, backupNames.backup, { name: `backup-${kind}`, env: { save: { KIND: kind } }, alone }, { within: patience, signal });
  const { word } = suspended ? await withDatabases(kube, namespace, signal, () => run(true)) : await run(kind === "pre-restore");
  if (word === "") return { snapshot: null, bytes: null, added: null };
  const data = summaryIn(word);
  return { snapshot: data.snapshot_id.slice(0, 8), bytes: data.total_bytes_processed, added: data.data_added_packed ?? data.data_added };
}

function summaryIn(word: string): z.infer<typeof summary> {
  try {
    return summary.parse(JSON.parse(word));
  } catch {
    throw new UserError(`the backup ended without a snapshot: ${word.slice(0, 200)}`);
  }
}

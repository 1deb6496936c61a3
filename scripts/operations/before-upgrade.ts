import { backupNames } from "../../config/backup";
import type { StoreSpec } from "../../config/spec";
import { saveStore } from "../engine/backup";
import type { Failure } from "../engine/operation";
import type { Session } from "../engine/session";
import type { Observed } from "../fleet/observe";

/** A store that is about to get another release, while nobody else works on it. */
export interface AboutToUpgrade {
  session: Pick<Session, "kube">;
  spec: StoreSpec;
  observed: Observed | undefined;
  signal: AbortSignal;
  onStep: (text: string) => void;
}

/**
 * Saves a store before it gets another release, where it is backed up already: no backup, no upgrade. One that only gets its backups by this
 * release, or was never whole, goes without. Says why the store must not get it.
 */
export async function beforeUpgrade({ session: { kube }, observed, signal, onStep }: AboutToUpgrade): Promise<Failure | undefined> {
  if (!observed?.receipt || !(await kube.get(`/apis/batch/v1/namespaces/${observed.namespace}/cronjobs/${backupNames.backup}`))) return undefined;
  onStep("saving it before the upgrade");
  try {
    await saveStore(kube.heeding(signal), observed, "pre-upgrade", signal);
    return undefined;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { kind: signal.aborted ? "cancelled" : "resource", message: `not upgraded, since it could not be saved before: ${error.message}` };
  }
}

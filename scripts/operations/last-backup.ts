import type { EnvironmentSettings } from "../../config/environment";
import { UserError } from "../../config/errors";
import { shellWord, storesCommand } from "../../config/stores-command";
import { saveStore } from "../engine/backup";
import type { RunContext } from "../engine/run-context";
import type { Session } from "../engine/session";

/**
 * What saves a store before it is deleted, where its environment keeps backups and nobody said that this is not wanted. A store that was never
 * whole has nothing to save; one that can not be saved stays.
 * @param asked the command that deletes, for those who let go of it all the same
 */
export function lastBackup({ kube }: Pick<Session, "kube">, settings: Pick<EnvironmentSettings, "backup"> | undefined, wanted: boolean, asked: string): RunContext["lastBackup"] {
  if (!settings?.backup || !wanted) return undefined;
  return async (store, onStep, signal) => {
    if (!store.receipt) return;
    onStep("saving it a last time");
    try {
      await saveStore(kube.heeding(signal), store, "final", signal);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      throw new UserError(`${store.store} stays, since it could not be saved before: ${error.message}\nTo delete it without a backup: ${storesCommand(`${asked} --no-backup`)}`);
    }
  };
}

/** `destroy acme`. */
export const askedFor = (command: string, names: string[], flag: string): string => [command, ...(names.length > 0 ? names.map(shellWord) : [flag])].join(" ");

import { ListErrors, UserError } from "../config/errors";
import { readSettings } from "../config/environment";
import { listFileOf, loadStores, type StoreList } from "../config/load";
import type { EnvironmentName } from "../config/names";
import { refuseForeignShell } from "../config/shell";
import type { StoreSpec } from "../config/spec";
import { storesCommand } from "../config/stores-command";
import { variables } from "../config/variables";

/** Where the list of an environment is; `STOREFLEET_FILE` or the script's `--file` name another place. */
export const listFile = (env: EnvironmentName, file?: string): string => file ?? variables.STOREFLEET_FILE ?? listFileOf(env);

/** The list of an environment. */
export function listedStores(env: EnvironmentName, file?: string): StoreList {
  refuseForeignShell(env);
  const { STOREFLEET_FILE: ofShell } = variables;
  try {
    return loadStores(listFile(env, file), readSettings(env));
  } catch (error) {
    if (!(error instanceof ListErrors) || file !== undefined || ofShell === undefined) throw error;
    throw new ListErrors(error.problems, "STOREFLEET_FILE names this list; the environment's own again: unset STOREFLEET_FILE");
  }
}

/** The store that a stack stands for, as the list has it now. */
export function listedStore(env: EnvironmentName, name: string): StoreSpec {
  const { file, stores } = listedStores(env);
  const found = stores.find(({ spec }) => spec.name === name);
  if (found) return found.spec;
  throw new UserError(
    `store "${name}" is not in ${file}`,
    `Add it there; or, if it left the list, remove what runs: ${storesCommand(`destroy ${name}`, { env })}`,
    "unknown-store",
  );
}

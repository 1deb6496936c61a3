import { ListErrors, UserError } from "../config/errors";
import { readSettings, settingsFile } from "../config/environment";
import { listFileOf, loadStores, type StoreList } from "../config/load";
import type { EnvironmentName } from "../config/names";
import { refuseForeignShell } from "../config/shell";
import type { StoreSpec } from "../config/spec";
import { storesCommand } from "../config/stores-command";
import { variables } from "../config/variables";

/** Copies of lists that are at home in their cluster, or why there is none; told by whoever fetches them. */
const copies = new Map<EnvironmentName, string | UserError>();
export const setCopy = (env: EnvironmentName, copy: string | UserError): unknown => copies.set(env, copy);

/** Whether the list of an environment is at home in its cluster, and nobody named another one. */
export const isInCluster = (env: EnvironmentName, file?: string): boolean => (file ?? variables.STOREFLEET_FILE) === undefined && readSettings(env).list === "cluster";

/**
 * Where the list of an environment is to be read; `STOREFLEET_FILE` or the script's `--file` name another place.
 * @throws UserError where it is at home in a cluster that it could not be fetched from
 */
export function listFile(env: EnvironmentName, file?: string): string {
  const named = file ?? variables.STOREFLEET_FILE;
  if (named !== undefined) return named;
  if (!isInCluster(env)) return listFileOf(env);
  const copy = copies.get(env) ?? new UserError(`the list of ${env} is at home in its cluster, by list: cluster in ${settingsFile(env)}`, `For pulumi by hand: eval "$(${storesCommand("env", { env })})"`);
  if (copy instanceof UserError) throw copy;
  return copy;
}

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

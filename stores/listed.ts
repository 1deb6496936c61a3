import { UserError } from "../config/errors";
import { readSettings } from "../config/environment";
import { listFileOf, loadStores, type StoreList } from "../config/load";
import type { EnvironmentName } from "../config/names";
import { refuseForeignShell } from "../config/shell";
import type { StoreSpec } from "../config/spec";
import { storesCommand } from "../config/stores-command";

/** The list of an environment; `STOREFLEET_FILE` or the script's `--file` name another one. */
export function listedStores(env: EnvironmentName, file = process.env.STOREFLEET_FILE || listFileOf(env)): StoreList {
  refuseForeignShell(env);
  return loadStores(file, readSettings(env));
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

import { ListErrors } from "../../config/errors";
import { listJsonSchema } from "../../config/json-schema";
import { listedStores } from "../../stores/listed";
import type { Scope } from "./scope";

export { listJsonSchema };

export interface CheckedList {
  file: string;
  stores: number;
}

/** Reads the list; throws ListErrors with every problem, its line, column and repair. */
export function checkList({ env, file }: Scope): CheckedList {
  const list = listedStores(env, file);
  return { file: list.file, stores: list.stores.length };
}

/** The same, for a machine. */
export function listProblems(scope: Scope): { valid: boolean; problems: ListErrors["problems"] } {
  try {
    checkList(scope);
    return { valid: true, problems: [] };
  } catch (error) {
    if (!(error instanceof ListErrors)) throw error;
    return { valid: false, problems: error.problems };
  }
}

/** The names of the listed stores; none while the list can not be read. */
export function listedNames({ env, file }: Scope): string[] {
  try {
    return listedStores(env, file).stores.map(({ spec }) => spec.name);
  } catch {
    return [];
  }
}

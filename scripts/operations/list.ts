import { readSettings, settingsFile, type EnvironmentSettings } from "../../config/environment";
import { ListErrors } from "../../config/errors";
import { listJsonSchema } from "../../config/json-schema";
import type { EnvironmentName } from "../../config/names";
import { listedStores } from "../../stores/listed";
import { namedSecrets, type NeededSecret } from "../fleet/outside-secrets";
import type { Scope } from "./scope";

export { listJsonSchema };

export interface CheckedList {
  file: string;
  stores: number;
  /** What will not go well, though nothing is wrong with the list. */
  warnings: string[];
  /** Secrets that the list names, whether they are there or not. */
  needs: (NeededSecret & { store: string })[];
}

/** Reads the list; throws ListErrors with every problem, its line, column and repair. */
export function checkList({ env, file }: Scope): CheckedList {
  const list = listedStores(env, file);
  return { file: list.file, stores: list.stores.length, warnings: certificateWarnings(env, list.stores.length), needs: list.stores.flatMap(({ spec }) => namedSecrets(env, spec).map((needed) => ({ store: spec.name, ...needed }))) };
}

/** Hosts of one domain that may be new in a week, with room for renewals: Let's Encrypt's 50 certificates a registered domain. */
const hostsPerWeek = 40;

/** The settings have their own checks: where they are wrong, the list alone is looked at. */
function certificateWarnings(env: EnvironmentName, stores: number): string[] {
  let settings: EnvironmentSettings;
  try {
    settings = readSettings(env);
  } catch {
    return [];
  }
  if (!settings.tls || settings.tls.wildcard || stores <= hostsPerWeek) return [];
  return [
    `${stores} stores get a certificate each below ${settings.hostSuffix}: a public authority issues no more than so many a week for one domain (Let's Encrypt 50) — ` +
      `set tls.wildcard: true in ${settingsFile(env)}, with an issuer that can DNS-01, or grow by ${hostsPerWeek} stores a week (docs/certificates.md)`,
  ];
}

/** The same, for a machine. */
export function listProblems(scope: Scope): { valid: boolean; problems: ListErrors["problems"]; warnings: string[]; needs?: CheckedList["needs"] } {
  try {
    const { warnings, needs } = checkList(scope);
    return { valid: true, problems: [], warnings, ...(needs.length > 0 && { needs }) };
  } catch (error) {
    if (!(error instanceof ListErrors)) throw error;
    return { valid: false, problems: error.problems, warnings: [] };
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

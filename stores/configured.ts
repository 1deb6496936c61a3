import { Config, log } from "@pulumi/pulumi";
import { dirname } from "node:path";
import { readSettings } from "../config/environment";
import { ListErrors, UserError } from "../config/errors";
import { specKey } from "../config/list-of-one";
import { listFileOf, parseStores } from "../config/load";
import { stackOf, type EnvironmentName } from "../config/names";
import type { StoreSpec } from "../config/spec";

/**
 * The store that a stack stands for, where the stack's own config has it: then no list is read, so that whoever runs the stack needs
 * none. Undefined where the list is to be asked.
 */
export function configuredStore(env: EnvironmentName, name: string): StoreSpec | undefined {
  const text = new Config().get("spec");
  if (text === undefined) return undefined;
  const stack = stackOf(env, name);
  const again = `It comes from the config of stack ${stack}; to have the list asked again: pulumi config rm ${specKey} --stack ${stack}`;
  const spec = read(env, text, again);
  if (spec?.name !== name) throw new UserError(`${specKey} is ${spec ? `store "${spec.name}"` : "no store, or several"}, and this stack is that of store "${name}"`, again, "list-invalid");
  void log.info(`the store is as ${specKey} in the stack's config has it; the list is not read`);
  return spec;
}

function read(env: EnvironmentName, text: string, origin: string): StoreSpec | undefined {
  try {
    const { stores } = parseStores(specKey, text, { ...readSettings(env), folder: dirname(listFileOf(env)) });
    return stores.length === 1 ? stores[0]!.spec : undefined;
  } catch (error) {
    throw error instanceof ListErrors ? new ListErrors(error.problems, origin) : error;
  }
}

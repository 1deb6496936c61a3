import { createHash } from "node:crypto";
import { environmentNames } from "./environments";
import { UserError } from "./errors";

/** An environment is a stack of its own; each of its stores is another. Which there are: `environmentNames`. */
export type EnvironmentName = string;

export const maxNameLength = 40;

/**
 * Names that mean something else already: the environments that come with the project, selections of stores, words that
 * YAML readers take for booleans or null, and the platform's own shared parts.
 */
export const reservedNames: readonly string[] = [
  ...["local", "prod"],
  ...["all", "any", "none", "default", "defaults", "shared", "store", "stores", "test"],
  ...["true", "false", "yes", "no", "on", "off", "y", "n", "null", "nan", "inf"],
  ...["storefleet", "pulumi", "traefik", "cert-manager", "mail-catcher"],
];
export const reservedPrefixes: readonly string[] = ["kube-", "storefleet-", "pulumi-"];

export function isReservedName(name: string): boolean {
  return reservedNames.includes(name) || reservedPrefixes.some((prefix) => name.startsWith(prefix));
}

/** Lowercase letters, digits and hyphens; a letter first, a letter or digit last. */
export const namePattern = /^[a-z]([a-z0-9-]*[a-z0-9])?$/;

/** `store-<name>-<hash>`: the same on every machine, different in every environment; at most 55 characters. */
export function namespaceOf(env: EnvironmentName, store: string): string {
  const hash = createHash("sha256").update(`storefleet/${env}/${store}`).digest("hex").slice(0, 8);
  return `store-${store}-${hash}`;
}

/** The generated host; the suffix starts with a dot. */
export function hostOf(env: EnvironmentName, store: string, hostSuffix: string): string {
  return namespaceOf(env, store) + hostSuffix;
}

/** `<env>.<store>`: no store name holds a dot, so it reads back in one way only. */
export function stackOf(env: EnvironmentName, store: string): string {
  return `${env}.${store}`;
}

export interface StackIdentity {
  env: EnvironmentName;
  /** Absent: the environment's own stack. */
  store?: string;
}

/** Throws a UserError for a stack that is neither an environment nor a store of one. */
export function parseStack(stack: string, environments: string[] = environmentNames()): StackIdentity {
  const [first = "", store, ...rest] = stack.split(".");
  const env = environments.find((name) => name === first);
  const valid = store === undefined || (namePattern.test(store) && store.length <= maxNameLength && !isReservedName(store));
  if (!env || !valid || rest.length > 0) {
    throw new UserError(
      `"${stack}" is not a stack of this project`,
      `Stacks are ${environments.join(" and ")} (the environments) and <environment>.<store>, such as local.acme.`,
      "usage",
    );
  }
  return store === undefined ? { env } : { env, store };
}

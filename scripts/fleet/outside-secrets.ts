import { namespaceOf, type EnvironmentName } from "../../config/names";
import type { EnvironmentSettings } from "../../config/environment";
import type { StoreSpec } from "../../config/spec";
import { storesCommand } from "../../config/stores-command";
import { KubeError, secretText, type Kube, type KubeObject } from "../../kube";
import { externalTrouble, faultOf, outsideSecretsOf, pathOfExternal, revisionOf, type OutsideNotes } from "../../stores/outside-secrets";
import { forEachLimited } from "../machine/os/limited";
import { mendSeparator } from "./finding";
import type { Observed } from "./observe";

const secretsIn = (namespace: string) => `/api/v1/namespaces/${namespace}/secrets`;

/** Names of the Secrets from outside that hold something else than when the shop was last brought to its list. No value is read. */
export async function changedSecrets(kube: Kube, namespace: string, notes: OutsideNotes): Promise<string[]> {
  const noted = Object.values(notes);
  if (noted.length === 0) return [];
  const now = new Map((await kube.list(secretsIn(namespace), { metadataOnly: true })).map(({ metadata }) => [metadata.name, revisionOf(metadata)]));
  return noted.filter(({ name, revision }) => now.get(name) !== revision).map(({ name }) => name).sort();
}

/** The same of a fleet: one call for each store that has Secrets from outside. */
export async function noteChangedSecrets(kube: Kube, fleet: Map<string, Observed>): Promise<void> {
  const some = [...fleet.values()].filter(({ receipt, deleting }) => !deleting && Object.keys(receipt?.outside ?? {}).length > 0);
  await forEachLimited(some, 16, new AbortController().signal, async (store) => {
    store.changedSecrets = await changedSecrets(kube, store.namespace, store.receipt?.outside ?? {});
  });
}

/** A Secret that a store needs from others, who have not written it, or not all of it. */
export interface NeededSecret {
  name: string;
  namespace: string;
  keys: string[];
  /** What is wrong with it now; absent where nobody looked. */
  fault?: string;
}

/** What the list says that others write, wherever that is by now. */
export const namedSecrets = (env: EnvironmentName, spec: StoreSpec): NeededSecret[] =>
  outsideSecretsOf(spec, {}).map(({ name, keys }) => ({ name, namespace: namespaceOf(env, spec.name), keys: [...keys] }));

/** Those of them that are not as they have to be. */
export async function lackingSecrets(kube: Kube, env: EnvironmentName, spec: StoreSpec, exists: boolean): Promise<NeededSecret[]> {
  const namespace = namespaceOf(env, spec.name);
  const looked = outsideSecretsOf(spec, {}).map(async (secret) => {
    const found = exists ? await kube.get(`${secretsIn(namespace)}/${secret.name}`) : undefined;
    const fault = faultOf(spec.engine, secret, found && valuesOf(found), namespace);
    return fault === undefined ? [] : [{ name: secret.name, namespace, keys: [...secret.keys], fault }];
  });
  return (await Promise.all(looked)).flat();
}

/** What is wrong with the Secrets that a store gets from outside; nothing where this account must not see them. */
export async function outsideTrouble(kube: Kube, spec: StoreSpec, settings: Pick<EnvironmentSettings, "secrets">, { namespace, receipt }: Observed): Promise<string | undefined> {
  try {
    const found = await Promise.all(
      outsideSecretsOf(spec, settings).map(async (secret) => {
        const { name, path } = secret;
        const trouble = path === undefined ? null : externalTrouble(await kube.get(pathOfExternal(namespace, name)));
        if (trouble !== null) return `ExternalSecret ${name} is not Ready: ${trouble}`;
        const object = await kube.get(`${secretsIn(namespace)}/${name}`);
        return faultOf(spec.engine, secret, object && valuesOf(object), namespace);
      }),
    );
    const faults = found.filter((fault) => fault !== undefined);
    if (faults.length > 0) return faults.join("; ");
    const changed = await changedSecrets(kube, namespace, receipt?.outside ?? {});
    return changed.length > 0 ? `${changed.join(", ")} changed since the shop's pods were started${mendSeparator}${storesCommand(`apply ${spec.name}`)}` : undefined;
  } catch (error) {
    if (error instanceof KubeError && error.status === 403) return undefined;
    throw error;
  }
}

const valuesOf = (secret: KubeObject) => Object.fromEntries(Object.keys(secret.data ?? {}).map((key) => [key, secretText(secret, key)]));

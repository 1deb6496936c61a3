import { createHash } from "node:crypto";
import { z } from "zod";
import type { EnvironmentSettings } from "../config/environment";
import { isInAddress, keysOf, kindsOf, secretKinds, type SecretKind } from "../config/secret-kinds";
import type { Engine, StoreSpec } from "../config/spec";
import { byHand, storesCommand } from "../config/stores-command";

/** A Secret that a store does not make itself. */
export interface OutsideSecret {
  kind: SecretKind;
  /** Of the object. Never one that the store would make itself, so that no change of mind makes one of the two write over the other, or take it along. */
  name: string;
  /** What it has to hold. */
  keys: readonly string[];
  /** Where its values are in the environment's secret store; undefined for one that the list names. */
  path?: string;
}

/** What a store gets from outside: what its entry names, and all else where the environment has a secret store. */
export function outsideSecretsOf({ name: store, engine, secrets: named }: Pick<StoreSpec, "name" | "engine" | "secrets">, { secrets }: Pick<EnvironmentSettings, "secrets">): OutsideSecret[] {
  return kindsOf(engine).flatMap((kind): OutsideSecret[] => {
    const keys = keysOf(engine, kind) ?? [];
    const name = named[kind];
    if (name !== undefined) return [{ kind, name, keys }];
    if (!secrets) return [];
    return [{ kind, name: `${engine}-${kind}-external`, keys, path: secrets.store.path.replaceAll("{store}", store).replaceAll("{kind}", kind) }];
  });
}

export const externalSecrets = { apiVersion: "external-secrets.io/v1", kind: "ExternalSecret" } as const;
export const pathOfExternal = (namespace: string, name: string) => `/apis/${externalSecrets.apiVersion}/namespaces/${namespace}/externalsecrets/${name}`;

interface ExternalSecret {
  metadata: { generation?: number };
  status?: { syncedResourceVersion?: string; conditions?: { type: string; status: string; reason?: string; message?: string }[] };
}

/** What the operator says of an ExternalSecret: null when its Secret is written, as it is wanted now. */
export function externalTrouble(external: object | undefined): string | null {
  if (!external) return "it is not there";
  const { metadata, status } = external as ExternalSecret;
  const ready = status?.conditions?.find(({ type }) => type === "Ready");
  if (!ready) return "nobody has looked at it yet: does the External Secrets Operator run?";
  if (ready.status !== "True") return [ready.reason, ready.message].filter(Boolean).join(": ") || "it is not Ready";
  const synced = status?.syncedResourceVersion;
  return synced === undefined || synced.startsWith(`${metadata.generation}-`) ? null : "the operator has not seen its last change yet";
}

/** Another one for each write of a Secret; it tells nothing of what is in it. */
export const revisionOf = ({ uid = "", resourceVersion = "" }: { uid?: string; resourceVersion?: string }) => createHash("sha256").update(`${uid}/${resourceVersion}`).digest("hex").slice(0, 16);

/** What is wrong with what a Secret holds; undefined where it will do. */
export function faultOf(engine: Engine, { kind, name, keys }: OutsideSecret, values: Record<string, string> | undefined, namespace: string): string | undefined {
  if (!values) return `Secret ${name} is missing in namespace ${namespace}: it has to hold ${keys.join(", ")}`;
  const of = `Secret ${name} in namespace ${namespace}`;
  const missing = keys.filter((key) => !values[key]);
  if (missing.length > 0) return `${of} lacks ${missing.join(", ")}`;
  const broken = keys.filter((key) => /[\r\n]/.test(values[key] ?? ""));
  if (broken.length > 0) return `${of} has a line break in ${broken.join(", ")}`;
  const unfit = keys.filter((key) => isInAddress(engine, kind, key) && !/^[\w.~-]+$/.test(values[key] ?? ""));
  return unfit.length > 0 ? `${of} has characters in ${unfit.join(", ")} that an address can not take: letters, digits and . _ ~ - are all` : undefined;
}

/** How to write a Secret, or what it lacks, in one command that can be pasted. */
export function writeCommand({ name, keys }: OutsideSecret, namespace: string): string {
  const files = keys.map((key) => `--from-file=${key}`).join(" ");
  return byHand(`kubectl create secret generic ${name} --namespace ${namespace} ${files} --dry-run=client -o yaml | kubectl apply --server-side --force-conflicts -f -`);
}

/** How to go on, where these are not as they have to be. */
export function mendOf(store: string, lacking: OutsideSecret[], namespace: string): string {
  const named = lacking.filter(({ path }) => path === undefined);
  const external = lacking.filter(({ path }) => path !== undefined);
  return [
    ...(named.length > 0 ? ["Write what is missing, each value in a file that is called like its key:", ...named.map((it) => writeCommand(it, namespace))] : []),
    ...external.map(({ name, path, keys }) => `${name} is looked for at ${path}, with ${keys.join(", ")}: ${byHand(`kubectl describe externalsecret ${name} --namespace ${namespace}`)}`),
    `Then: ${storesCommand(`apply ${store}`)}`,
  ].join("\n");
}

const notes = z.partialRecord(z.enum(secretKinds), z.object({ name: z.string(), revision: z.string() }));
/** What a shop runs with, by kind, as its receipt notes it. */
export type OutsideNotes = z.infer<typeof notes>;

/** Nothing for a receipt of a store that makes all of its Secrets. */
export function readNotes(text: string | undefined): OutsideNotes {
  if (text === undefined) return {};
  try {
    return notes.safeParse(JSON.parse(text)).data ?? {};
  } catch {
    return {};
  }
}

import type { KubeObject } from "../../../kube";
import type { OwnObject } from "../../../stores/own-objects";
import type { Wanted } from "./manifest";
import { keptSecret, keysAsFields } from "./managers";

/** An object that a store has to have, and what of it is compared. */
export interface Expected {
  object: Wanted;
  want: object;
  /** Who makes it. */
  maker: "helm" | "pulumi";
  /** Not all of what it should hold is known: what others have written there tells. */
  partly: boolean;
}

const { fromEntries, keys } = Object;
const asKeys = (names: readonly string[]) => fromEntries(names.map((name) => [name, keptSecret]));

/** Of a release's manifest. */
export function expectedOfHelm(object: Wanted): Expected {
  const { apiVersion: _, kind, metadata: { labels, annotations }, status: __, data, stringData, ...rest } = object;
  const metadata = { labels, annotations };
  if (kind !== "Secret") return { object, want: { ...rest, metadata, data }, maker: "helm", partly: false };
  return { object, want: { metadata, data: asKeys([...keys(data ?? {}), ...keys(stringData ?? {})]) }, maker: "helm", partly: true };
}

/** Kinds of which only the metadata is asked for: one is secret, the other holds pictures. */
export const isBare = ({ apiVersion, kind }: Pick<Wanted, "apiVersion" | "kind">): boolean => apiVersion === "v1" && (kind === "Secret" || kind === "ConfigMap");

/** Of a store's program. */
export function expectedOfPulumi({ keys: names, ...object }: OwnObject, namespace: string): Expected {
  const { apiVersion: _, kind, metadata: { labels, annotations }, ...rest } = object;
  const placed = { ...object, metadata: { ...object.metadata, ...(kind !== "Namespace" && { namespace }) } };
  return { object: placed, want: { ...rest, metadata: { labels, annotations }, ...(names && { data: asKeys(names) }) }, maker: "pulumi", partly: isBare(object) };
}

/** An object of a store that is not as listed: nobody knows what it should hold but Pulumi's state. */
export const expectedUnknown = (live: KubeObject, { apiVersion, kind }: Pick<Wanted, "apiVersion" | "kind">): Expected => ({
  object: { apiVersion, kind, metadata: { name: live.metadata.name, namespace: live.metadata.namespace } }, want: {}, maker: "pulumi", partly: true,
});

/** What of a living object is compared. */
export const comparable = (live: KubeObject, kind: string): object => (kind === "Secret" ? { metadata: live.metadata, data: keysAsFields(live) } : live);

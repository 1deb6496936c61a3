import { gunzipSync } from "node:zlib";
import { isObject, type Value, type Values } from "../shared/values";
import { metadataOf } from "./checkpoint";
import type { Cluster } from "./cluster";

/** Helm's own record of a revision, as far as it is needed. */
export interface ReleaseRecord {
  name: string;
  namespace: string;
  version: number;
  info: { status: string };
  chart: { metadata: { name: string; version: string; appVersion?: string } };
  config?: Values;
  manifest: string;
}

const revisionOf = (record: Values): number => {
  const { labels } = metadataOf(record);
  return isObject(labels) ? Number(labels.version) : 0;
};

/** The latest revision of a release, read from the Secret or ConfigMap in which helm keeps it: as `helm status` and `helm get`. */
export async function latestRevision(cluster: Cluster, driver: string, namespace: string, name: string): Promise<ReleaseRecord | undefined> {
  const list = await cluster.request("GET", `/api/v1/namespaces/${encodeURIComponent(namespace)}/${driver}s`, {
    query: { labelSelector: `owner=helm,name=${name}` },
  });
  const records = (Array.isArray(list.items) ? list.items : []).filter(isObject);
  const latest = records.sort((a, b) => revisionOf(b) - revisionOf(a))[0];
  if (!latest || !isObject(latest.data)) return undefined;
  const text = String(latest.data.release);
  // Base64 twice in a Secret: helm's, and its own.
  const packed = Buffer.from(driver === "secret" ? Buffer.from(text, "base64").toString() : text, "base64");
  return JSON.parse(gunzipSync(packed).toString()) as ReleaseRecord;
}

/** What tells an object's name, without the rest of its document: to read all of it takes five times as long. */
const headOf = (document: string): string =>
  document.split(/^(?=\S)/m).filter((block) => /^(apiVersion|kind|metadata)\s*:|^\{/.test(block)).join("");

/** Names of the objects in a release, by kind and version. */
export async function resourceNames({ manifest }: ReleaseRecord): Promise<Values> {
  const { parse } = await import("yaml");
  const names: { [kind: string]: Set<string> } = {};
  for (const document of manifest.split(/^---.*$/m)) {
    const object = parse(headOf(document)) as Value;
    if (!isObject(object) || typeof object.kind !== "string" || typeof object.apiVersion !== "string") continue;
    const { name, namespace } = metadataOf(object);
    const group = object.apiVersion.includes("/") ? `.${object.apiVersion.split("/")[0]}` : "";
    const known = (names[`${object.kind}${group}/${object.apiVersion}`] ??= new Set());
    known.add(namespace ? `${String(namespace)}/${String(name)}` : String(name));
  }
  return Object.fromEntries(Object.entries(names).map(([kind, set]) => [kind, [...set].sort()]));
}

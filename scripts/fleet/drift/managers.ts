import type { KubeObject, ManagedFields } from "../../../kube";
import { childOf, isObject, valueAt, type Path } from "./path";

/** Who wrote a field, and when, by the API server's clock. */
export interface Writer {
  by: string;
  at: string | null;
}

/** Helm, by the command or inside of Pulumi's plugin; Pulumi's plugin for what a program makes itself; and this command. */
const own = /^([Hh]elm|pulumi-resource-kubernetes|pulumi-kubernetes(-[0-9a-f]+)?|storefleet)(\.exe)?$/;
/** The cluster's own, such as the autoscaler, which counts replicas. */
const clusters = /^(kube-controller-manager|kube-apiserver|kube-scheduler|kubelet|cloud-controller-manager)$/;

const managerOf = ({ manager }: ManagedFields) => manager ?? "";
export const isForeign = (entry: ManagedFields): boolean => entry.subresource !== "status" && !own.test(managerOf(entry)) && !clusters.test(managerOf(entry));
const writerOf = (entry: ManagedFields): Writer => ({ by: managerOf(entry) || "unknown", at: entry.time ?? null });

/** `f:spec` → `spec`, `k:{"name":"wordpress"}` → `[name=wordpress]`. */
function stepOf(field: string): string {
  const text = field.slice(2);
  if (field.startsWith("k:")) return `[${Object.entries(JSON.parse(text) as object).map(([key, value]) => `${key}=${String(value)}`).join(",")}]`;
  if (field.startsWith("v:")) return `[=${String(JSON.parse(text))}]`;
  return field.startsWith("i:") ? `[${text}]` : text;
}

const fieldsIn = (fields: object) => Object.entries(fields).filter(([name]) => name !== ".").map(([name, inner]) => ({ step: stepOf(name), inner: inner as object }));

/** A field that somebody else has written. */
export interface ForeignField extends Writer {
  path: Path;
}

/**
 * The fields that others have written and that are not among what is wanted: each as high up as all of it is theirs.
 * @param seen what of the object is compared
 * @param spared paths that do not count, and whose surroundings are told apart
 */
export function addedFields(object: KubeObject, seen: object, want: unknown, spared: (path: Path, writer: Writer) => boolean): ForeignField[] {
  return (object.metadata.managedFields ?? []).filter(isForeign).flatMap((entry) => {
    const writer = writerOf(entry);
    const walk = (fields: object, wanted: unknown, live: unknown, path: Path): Path[] => {
      if (live === undefined || spared(path, writer)) return [];
      const inner = fieldsIn(fields);
      const isItem = path.at(-1)?.startsWith("[");
      if (wanted === undefined && (inner.length === 0 || isItem)) return [path];
      const below = inner.flatMap(({ step, inner: its }) => walk(its, childOf(wanted, step), childOf(live, step), [...path, step]));
      return wanted === undefined && isAllOf(fields, live) && below.length > 0 && !inner.some(({ step }) => spared([...path, step], writer)) ? [path] : below;
    };
    return walk(entry.fieldsV1 ?? {}, want, seen, []).map((path) => ({ path, ...writer }));
  });
}

/** Whether these fields are everything that is there. */
function isAllOf(fields: object, live: unknown): boolean {
  const inner = fieldsIn(fields);
  if (inner.length === 0) return true;
  const children = isObject(live) || Array.isArray(live) ? Object.keys(live).length : 0;
  return children === inner.length && inner.every(({ step, inner: its }) => isAllOf(its, childOf(live, step)));
}

/** The fields that others have written and nobody of us has a share in. */
export function foreignFields(object: KubeObject): ForeignField[] {
  const entries = object.metadata.managedFields ?? [];
  const leaves = (entry: ManagedFields): Path[] => {
    const walk = (fields: object, path: Path): Path[] => {
      const inner = fieldsIn(fields);
      return inner.length === 0 ? [path] : inner.flatMap(({ step, inner: its }) => walk(its, [...path, step]));
    };
    return entry.fieldsV1 ? walk(entry.fieldsV1, []) : [];
  };
  const ours = new Set(entries.filter((entry) => !isForeign(entry)).flatMap(leaves).map((path) => path.join("\0")));
  return entries.filter(isForeign).flatMap((entry) => leaves(entry).filter((path) => !ours.has(path.join("\0"))).map((path) => ({ path, ...writerOf(entry) })));
}

/** Who wrote the field at a path, what holds it or what it holds: the last one who is not of us, else null. `cluster`: it is a controller's. */
export function lastWriter({ metadata }: KubeObject, path: Path): (Writer & { cluster: boolean }) | null {
  const touching = (metadata.managedFields ?? []).filter((entry) => {
    if (own.test(managerOf(entry)) || entry.subresource === "status") return false;
    let fields: object | undefined = entry.fieldsV1;
    for (const step of path) {
      const inner: { step: string; inner: object }[] = fieldsIn(fields ?? {});
      if (fields && fields !== entry.fieldsV1 && inner.length === 0) return true;
      fields = inner.find((it) => it.step === step)?.inner;
      if (!fields) return false;
    }
    return true;
  });
  const [last] = touching.sort((a, b) => ((a.time ?? "") < (b.time ?? "") ? 1 : -1));
  return last ? { ...writerOf(last), cluster: clusters.test(managerOf(last)) } : null;
}

/** A Secret by the names of its keys: what they hold is never asked for. */
export function keysAsFields({ metadata }: KubeObject): Record<string, string> {
  const keys = (metadata.managedFields ?? []).flatMap(({ fieldsV1 = {} }) => fieldsIn(valueAt(fieldsV1, ["f:data"]) as object ?? {}).map(({ step }) => step));
  return Object.fromEntries(keys.map((key) => [key, keptSecret]));
}
/** In place of a value. */
export const keptSecret = "(kept secret)";

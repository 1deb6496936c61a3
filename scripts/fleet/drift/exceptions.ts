import type { Ignored } from "../../../config/drift";
import { quantity } from "../../../config/quantity";
import { annotations } from "../../../stores/labels";
import { textOf, type Path } from "./path";
import type { Difference } from "./compare";

/** Annotations that controllers write for themselves, whatever their names as writers are. */
const controllers = /^\/metadata\/annotations\/(cert-manager\.io|acme\.cert-manager\.io|cluster-autoscaler\.kubernetes\.io|volume(\.beta)?\.kubernetes\.io|pv\.kubernetes\.io|deployment\.kubernetes\.io)~1/;
/** What `stores restart` and kubectl's write. */
const restarted = /\/annotations\/kubectl\.kubernetes\.io~1restartedAt$/;
const lastError = textOf(["metadata", "annotations", annotations.lastError]);

/** Whether somebody else may have added a field. */
export function mayBeAdded({ kind, name }: { kind: string; name: string }, path: Path): boolean {
  const text = textOf(path);
  if (controllers.test(text) || restarted.test(text)) return true;
  if (kind === "Namespace") return text === lastError || text === "/spec/finalizers" || text === "/metadata/labels/kubernetes.io~1metadata.name";
  // The set-up Job hands it over.
  if (kind === "Secret" && name === "medusa-storefront") return text.startsWith("/data");
  return kind === "PersistentVolumeClaim" && ["/spec/volumeName", "/spec/storageClassName", "/metadata/finalizers"].includes(text);
}

/** Volumes grow, and never shrink. */
export function mayDiffer(kind: string, { path, want, live }: Difference): boolean {
  return kind === "PersistentVolumeClaim" && textOf(path) === "/spec/resources/requests/storage" && typeof live === "string" && quantity(live) > quantity(String(want));
}

/** By exact paths only: what is matched by more than that has hidden changes elsewhere. */
export const isIgnored = (ignored: readonly Ignored[], kind: string, path: string, by: string | null): boolean =>
  ignored.some((it) => it.kind === kind && it.path === path && (it.manager === undefined || it.manager === by));

import { IngressClass } from "@pulumi/kubernetes/networking/v1";
import { StorageClass } from "@pulumi/kubernetes/storage/v1";
import type { CustomResourceOptions, Resource } from "@pulumi/pulumi";
import type { EnvironmentSettings } from "../config/environment";

/**
 * Reads what the settings take for granted in the cluster, so that a preview already fails where a store would
 * come up without an address or wait for its volumes forever.
 */
export function requireExistingParts(settings: EnvironmentSettings, opts: CustomResourceOptions): Resource[] {
  const parts: Resource[] = [];
  if (!settings.ingress.install) {
    parts.push(IngressClass.get("required-ingress-class", settings.ingress.className, opts));
  }
  if (settings.storageClass !== undefined) {
    parts.push(StorageClass.get("required-storage-class", settings.storageClass, opts));
  }
  if (settings.sharedStorageClass !== undefined) {
    parts.push(StorageClass.get("required-shared-storage-class", settings.sharedStorageClass, opts));
  }
  return parts;
}

import { IngressClass } from "@pulumi/kubernetes/networking/v1";
import { StorageClass } from "@pulumi/kubernetes/storage/v1";
import type { CustomResourceOptions, Resource } from "@pulumi/pulumi";
import { settingsFile, type EnvironmentSettings } from "../config/environment";
import { UserError } from "../config/errors";
import type { EnvironmentName } from "../config/names";
import type { PartName } from "./part-name";

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

/** Throws where the stores' passwords are to come from a secret store that the cluster does not have. */
export async function requireSecretStore(env: EnvironmentName, { secrets }: EnvironmentSettings, find: (part: PartName) => Promise<object | undefined>): Promise<void> {
  if (!secrets) return;
  const { kind, name } = secrets.store;
  if (await find({ apiVersion: "external-secrets.io/v1", kind, name })) return;
  throw new UserError(
    `the cluster has no ${kind} "${name}" of external-secrets.io/v1, from which the stores' passwords are to come`,
    `Install the External Secrets Operator (0.16 or later) and make that object, or change secrets.store in ${settingsFile(env)}. Nothing was touched.`,
  );
}

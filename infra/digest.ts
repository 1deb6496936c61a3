import { createHash } from "node:crypto";
import { stackConfig } from "../config/environment";
import { filesDigest } from "../config/files-digest";
import { type EnvironmentName } from "../config/names";
import { ownImageFolders, publishedFile } from "../config/own-images";
import { projectRoot } from "../config/root";
import { canonical } from "../config/canonical";

/** Everything that decides what the environment's stack creates, besides its settings. */
const program = [
  "index.ts",
  "infra",
  "config/control-plane.ts",
  "config/backup.ts",
  "config/environment.ts",
  "config/helm-records.ts",
  "config/host-suffix.ts",
  "config/own-images.ts",
  "config/url.ts",
  ...ownImageFolders,
  publishedFile,
  "components/shared",
  "components/guardrails",
  "components/traefik",
  "components/mail-catcher",
  "components/parking-page",
  "components/backup-gateway",
  "package-lock.json",
];

/**
 * Where the environment's stack leaves its digest: the one it is heading for before all else, as an annotation of the
 * namespace, and the one it has reached after all else, in the ConfigMap.
 */
export const environmentReceipt = { namespace: "storefleet-system", name: "storefleet-environment", annotation: "storefleet.dev/digest" } as const;

/**
 * Changes whenever an update of the environment's stack would have something to do, as far as files tell. Secrets
 * count by their encrypted text, which changes with each `pulumi config set`.
 */
export function environmentDigest(env: EnvironmentName, root: string = projectRoot): string {
  // Where the state is kept, by which key, who runs the stacks, and what a look leaves out changes nothing on the cluster; of the control plane, see below.
  const { "storefleet:state": _, "storefleet:operator": __, "storefleet:controlPlane": ___, "storefleet:drift": ____, ...config } = stackConfig(env, root);
  // The Pulumi CLI rewrites the file in an order of its own; that is no change.
  return sha256(canonical(config) + filesDigest(program, root));
}

/**
 * The same of the control plane, whose image holds the settings as they were before it was named there: from inside it the environment is
 * not to look as if it were older than its settings.
 */
export const controlPlaneDigest = (env: EnvironmentName, root: string = projectRoot): string =>
  sha256(canonical(stackConfig(env, root)["storefleet:controlPlane"] ?? null) + filesDigest(["components/control-plane"], root));

/** By name of a secret that the environment has: a revision that changes when it is set again, and tells nothing of it. */
export function secretRevisions(env: EnvironmentName, root: string = projectRoot): SecretRevisions {
  const config = stackConfig(env, root);
  const revisions: SecretRevisions = {};
  for (const name of ["pullSecret", "smtpPassword", "backupKey"] as const) {
    const encrypted = config[`storefleet:${name}`];
    if (encrypted !== undefined) revisions[name] = sha256(JSON.stringify(encrypted)).slice(0, 16);
  }
  return revisions;
}

export type SecretRevisions = { pullSecret?: string; smtpPassword?: string; backupKey?: string };

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

import { mergedLimits } from "../components/guardrails/limits";
import { podSecurityLabels } from "../components/guardrails/pod-security";
import { networkPolicies } from "../components/network-isolation/policies";
import { pulumiLabels, storeLabels } from "../components/shared/labels";
import { catalogueParts, partName } from "../config/catalogue";
import { namespaceOf, type EnvironmentName } from "../config/names";
import { keysOf, kindsOf, type SecretKind } from "../config/secret-kinds";
import type { StoreSpec } from "../config/spec";
import type { SharedParts } from "./environment-outputs";
import { storeDigest } from "./digest";
import { productsOf } from "./image-files";
import { annotations, labels as marks, receiptName } from "./labels";
import { managers } from "./managers";
import { outsideSecretsOf } from "./outside-secrets";
import { isolationOf, wallsOf } from "./walls";

/** An object that a store's program makes itself, beside the release, as far as it is known without running the program. */
export interface OwnObject {
  apiVersion: string;
  kind: string;
  metadata: { name: string; labels: Record<string, string>; annotations?: Record<string, string> };
  /** Of a Secret: what it has to hold. */
  keys?: readonly string[];
  [field: string]: unknown;
}

/** A Secret from outside may hold less for some engines. */
const adminKeys = keysOf("woocommerce", "admin") ?? [];

/** What the program of an unchanged store has made; ExternalSecrets are told of by `status`. */
export function ownObjects(env: EnvironmentName, spec: StoreSpec, shared: SharedParts): OwnObject[] {
  const { settings, secretRevisions } = shared;
  const own = storeLabels({ store: spec.name, env, engine: spec.engine });
  const digest = storeDigest(spec, shared);
  const walls = wallsOf(spec, settings, digest, {});
  const guardrails = pulumiLabels({ ...spec.labels, ...own }, "guardrails");
  const core = (kind: string, name: string, labels: Record<string, string>, more: object = {}, notes?: Record<string, string>): OwnObject => ({
    apiVersion: "v1", kind, metadata: { name, labels, ...(notes && { annotations: notes }) }, ...more,
  });
  const secret = (name: string, component: string, keys: readonly string[]) => core("Secret", name, pulumiLabels(own, component), { keys });
  const file = (name: string) => core("ConfigMap", `${spec.engine}-${name}`, pulumiLabels(own, "setup"));
  const isOutside = new Set<SecretKind>(outsideSecretsOf(spec, settings).map(({ kind }) => kind));

  return [
    core("Namespace", namespaceOf(env, spec.name), { ...guardrails, ...podSecurityLabels }, {}, {
      [annotations.digest]: digest, [annotations.protected]: String(spec.protected), [annotations.suspended]: String(spec.suspended),
    }),
    {
      apiVersion: "rbac.authorization.k8s.io/v1", kind: "RoleBinding", metadata: { name: managers.name, labels: guardrails },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: managers.clusterRole }, subjects: managers.subjects,
    },
    core("ResourceQuota", "quota", guardrails, { spec: { hard: walls.quota } }, walls.sizes === undefined ? undefined : { [annotations.sizes]: walls.sizes }),
    core("LimitRange", "limits", guardrails, { spec: { limits: [{ type: "Container", ...mergedLimits({ max: walls.containerMax }) }] } }),
    ...Object.entries(networkPolicies(isolationOf(spec.engine, settings))).map(([name, policy]): OwnObject => ({
      apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", metadata: { name, labels: pulumiLabels(own, "network-isolation") }, spec: policy,
    })),
    ...kindsOf(spec.engine).filter((kind) => !isOutside.has(kind)).map((kind) => secret(`${spec.engine}-${kind}`, kind, kind === "admin" ? adminKeys : (keysOf(spec.engine, kind) ?? []))),
    ...(secretRevisions.pullSecret ? [secret("image-pull", "environment", [".dockerconfigjson"])] : []),
    ...(settings.smtp.username !== undefined && secretRevisions.smtpPassword ? [secret("smtp", "environment", ["password"])] : []),
    ...catalogueFiles(spec).map(file),
    core("ConfigMap", receiptName, { ...pulumiLabels(own, "receipt"), [marks.receipt]: "true" }),
  ];
}

/** Names of the files that the set-up Job mounts: each tells its content. */
function catalogueFiles(spec: StoreSpec): string[] {
  const images = spec.products.flatMap(({ image }) => (image && "path" in image ? [`image-${image.name.split(".")[0]}`] : []));
  return [...new Set(images), ...catalogueParts(productsOf(spec)).map(partName)];
}

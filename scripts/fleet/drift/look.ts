import type { Ignored } from "../../../config/drift";
import { recordLabels, recordsIn } from "../../../config/helm-records";
import type { EnvironmentName } from "../../../config/names";
import { KubeError, type Kube, type KubeObject } from "../../../kube";
import { labels } from "../../../stores/labels";
import type { OwnObject } from "../../../stores/own-objects";
import { forEachLimited } from "../../machine/os/limited";
import type { Observed } from "../observe";
import { expectedOfHelm, expectedOfPulumi, expectedUnknown, type Expected } from "./expected";
import { findingsOf, type Finding } from "./findings";
import { manifestOf, type Wanted } from "./manifest";

/** A store to be looked at. */
export interface Subject {
  observed: Observed;
  /** What its program has made; undefined where it is not as listed, so that nobody knows. */
  own?: OwnObject[];
}

export interface Look {
  /** By name of a store; of each that was looked at. */
  found: Map<string, Finding[]>;
  /** Kinds that this account may not list. */
  unseen: string[];
}

type Kind = Pick<Wanted, "apiVersion" | "kind">;

/** What a store's program makes beside the release. */
const ownKinds: Kind[] = [
  ...["Namespace", "ResourceQuota", "LimitRange", "Secret", "ConfigMap"].map((kind) => ({ apiVersion: "v1", kind })),
  { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy" },
  { apiVersion: "rbac.authorization.k8s.io/v1", kind: "RoleBinding" },
];

const plural = (kind: string) => kind.toLowerCase().replace(/(?<=[^aeiou])y$/, "ie").replace(/(s|x)$/, "$1e") + "s";
const api = (apiVersion: string) => (apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`);
/** The collection of a kind, in a namespace or everywhere. */
export const collectionOf = ({ apiVersion, kind }: Kind, namespace?: string): string =>
  `${api(apiVersion)}${namespace === undefined || kind === "Namespace" ? "" : `/namespaces/${namespace}`}/${plural(kind)}`;
export const pathOfWanted = ({ metadata, ...kind }: Wanted): string => `${collectionOf(kind as Kind, metadata.namespace)}/${metadata.name}`;

const isForbidden = (error: unknown) => error instanceof KubeError && error.status === 403;
const keyOf = ({ kind }: Kind, { namespace = "", name }: { namespace?: string; name: string }) => `${kind}/${namespace}/${name}`;

/**
 * Holds what stores were made as against what lives. A list call for each kind, however many stores there are, or in one namespace: there
 * objects are found as well that lost their labels.
 */
export async function lookForDrift(kube: Kube, env: EnvironmentName, subjects: Subject[], ignored: readonly Ignored[], namespace?: string): Promise<Look> {
  const deployed = new Map((await kube.list(recordsIn(namespace), { labels: `${recordLabels()},status=deployed` })).map((record) => [record.metadata.namespace, record]));
  const manifests = new Map<string, Wanted[]>();
  for (const { observed } of subjects) {
    const record = deployed.get(observed.namespace);
    manifests.set(observed.namespace, record ? await manifestOf(record) : []);
  }
  const kinds = new Map([...ownKinds, ...[...manifests.values()].flat()].map(({ apiVersion, kind }) => [kind, { apiVersion, kind }]));
  const live = new Map<string, KubeObject>();
  const unseen = new Set<string>();
  await Promise.all([...kinds.values()].map(async (kind) => {
    const objects = await listAll(kube, env, kind, subjects, namespace);
    if (!objects) unseen.add(kind.kind);
    for (const object of objects ?? []) live.set(keyOf(kind, object.metadata), object);
  }));

  const found = new Map<string, Finding[]>();
  for (const { observed, own } of subjects) {
    const expected: Expected[] = [
      ...(manifests.get(observed.namespace) ?? []).map(expectedOfHelm),
      ...(own ? own.map((it) => expectedOfPulumi(it, observed.namespace)) : madeByPulumi(live, observed)),
    ];
    found.set(observed.store, expected.filter(({ object }) => !unseen.has(object.kind)).flatMap((it) => findingsOf(it, live.get(keyOf(it.object, it.object.metadata)), ignored)));
  }
  return { found, unseen: [...unseen].sort() };
}

/** Of a store that is not as listed: whatever Pulumi has made there. */
function madeByPulumi(live: Map<string, KubeObject>, { namespace }: Observed): Expected[] {
  const isIn = ({ metadata }: KubeObject) => (metadata.namespace ?? metadata.name) === namespace && metadata.labels?.["app.kubernetes.io/managed-by"] === "Pulumi";
  return ownKinds.flatMap((kind) => [...live].filter(([key, object]) => key.startsWith(`${kind.kind}/`) && isIn(object)).map(([, object]) => expectedUnknown(object, kind)));
}

/** Undefined where this account may not. */
async function listAll(kube: Kube, env: EnvironmentName, kind: Kind, subjects: Subject[], namespace: string | undefined): Promise<KubeObject[] | undefined> {
  const of = namespace === undefined ? [`${labels.env}=${env}`, labels.store] : [];
  const ask = (place: string | undefined, more: string[], metadataOnly: boolean) => kube.list(collectionOf(kind, place), {
    labels: [...of, ...more].join(","), metadataOnly, ...(kind.kind === "Namespace" && namespace !== undefined && { fields: `metadata.name=${namespace}` }),
  });
  if (kind.kind === "Secret") return secretsOf(kube, (place) => ask(place, [], true), subjects, namespace);
  try {
    if (kind.kind !== "ConfigMap") return await ask(namespace, [], false);
    // A chart's are compared; the others are catalogues and pictures, and Helm's own records.
    const managedBy = "app.kubernetes.io/managed-by";
    return (await Promise.all([ask(namespace, [`${managedBy}=Helm`], false), ask(namespace, [`${managedBy}!=Helm`, "owner!=helm"], true)])).flat();
  } catch (error) {
    if (isForbidden(error)) return undefined;
    throw error;
  }
}

/** Some accounts see Secrets in all namespaces, some in those of stores only, one by one, and some in none: that is asked first, since an attempt would be a denial that somebody has to look into. */
async function secretsOf(kube: Kube, ask: (place: string | undefined) => Promise<KubeObject[]>, subjects: Subject[], namespace: string | undefined): Promise<KubeObject[] | undefined> {
  const may = async (place: string | undefined) => {
    const asked = { kind: "SelfSubjectAccessReview", apiVersion: "authorization.k8s.io/v1", spec: { resourceAttributes: { namespace: place, verb: "list", resource: "secrets" } } };
    return Boolean((await kube.create("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", asked)).status?.allowed);
  };
  if (await may(namespace)) return ask(namespace);
  const places = subjects.map(({ observed }) => observed.namespace);
  if (namespace !== undefined || !places[0] || !(await may(places[0]))) return undefined;
  const all: KubeObject[] = [];
  await forEachLimited(places, 8, new AbortController().signal, async (place) => void all.push(...(await ask(place))));
  return all;
}

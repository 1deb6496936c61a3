import { recordLabels, recordsIn } from "../../config/helm-records";
import { namespaceOf, type EnvironmentName } from "../../config/names";
import { annotations, labels, receiptName } from "../../stores/labels";
import { readOrigin, type Origin } from "../../stores/origin";
import { readNotes, type OutsideNotes } from "../../stores/outside-secrets";
import type { Kube, KubeObject } from "../../kube";

/** A Helm release as its newest record has it. */
export interface Release {
  name: string;
  /** Helm's word: deployed, failed, pending-install, pending-upgrade, uninstalling … */
  status: string;
  revision: number;
}

/** One store as the cluster has it. */
export interface Observed {
  store: string;
  engine: string;
  namespace: string;
  /** Of the namespace: another one of its name is another store's life. */
  uid: string;
  createdAt: string;
  deleting: boolean;
  protected: boolean;
  suspended: boolean;
  /** What the last operation set out to reach. */
  intendedDigest?: string;
  /** Why the last operation of the script failed, until one succeeds. */
  lastError?: string;
  /** Which snapshot a restore puts back that has not come to its end. */
  restoring?: string;
  /** With which digest it passed the gate of a roll-out. */
  verified?: string;
  receipt?: { digest: string; engine: string; url: string; createdAt: string; stack: string; held: boolean; origin?: Origin; outside?: OutsideNotes };
  /** Secrets from outside that hold something else by now, where it was looked. */
  changedSecrets?: string[];
  releases: Release[];
}

/** Every store of an environment, with three list calls however many there are. */
export async function observeFleet(kube: Kube, env: EnvironmentName): Promise<Map<string, Observed>> {
  const ofEnvironment = `${labels.env}=${env},${labels.store}`;
  const [namespaces, receipts, records] = await Promise.all([
    kube.list("/api/v1/namespaces", { labels: ofEnvironment }),
    kube.list("/api/v1/configmaps", { labels: `${labels.receipt}=true,${labels.env}=${env}` }),
    kube.list(recordsIn(), { labels: `${recordLabels()},status!=superseded`, metadataOnly: true }),
  ]);
  const receiptIn = new Map(receipts.map((receipt) => [receipt.metadata.namespace, receipt]));
  const releasesIn = newestReleases(records);
  return new Map(
    namespaces.flatMap((namespace) => {
      const name = namespace.metadata.name;
      const observed = observe(namespace, receiptIn.get(name), releasesIn.get(name) ?? []);
      // A copy, such as a restored backup under another name, carries the labels as well.
      return name === namespaceOf(env, observed.store) ? [[observed.store, observed]] : [];
    }),
  );
}

/** One store as it is at this moment; undefined while it has no namespace of its own. */
export async function observeStore(kube: Kube, env: EnvironmentName, store: string): Promise<Observed | undefined> {
  const name = namespaceOf(env, store);
  const path = `/api/v1/namespaces/${name}`;
  const [namespace, receipt, records] = await Promise.all([
    kube.get(path),
    kube.get(`${path}/configmaps/${receiptName}`),
    kube.list(recordsIn(name), { labels: recordLabels(), metadataOnly: true }),
  ]);
  if (!namespace || !isOfStore(namespace, env, store)) return undefined;
  return observe(namespace, receipt, [...newestReleases(records).values()].flat());
}

/** Proof that a namespace is ours. */
export const isOfStore = ({ metadata }: KubeObject, env: EnvironmentName, store: string) =>
  metadata.labels?.[labels.env] === env && metadata.labels[labels.store] === store;

function observe(namespace: KubeObject, receipt: KubeObject | undefined, releases: Release[]): Observed {
  const { metadata, status } = namespace;
  const note = metadata.annotations ?? {};
  return {
    store: metadata.labels?.[labels.store] ?? "",
    engine: metadata.labels?.[labels.engine] ?? "",
    namespace: metadata.name,
    uid: metadata.uid ?? "",
    createdAt: metadata.creationTimestamp,
    deleting: metadata.deletionTimestamp !== undefined || status?.phase === "Terminating",
    protected: note[annotations.protected] === "true",
    suspended: note[annotations.suspended] === "true",
    intendedDigest: note[annotations.digest],
    lastError: note[annotations.lastError],
    restoring: note[annotations.restoring],
    verified: note[annotations.verified],
    receipt: receipt && {
      digest: receipt.data?.digest ?? "",
      engine: receipt.data?.engine ?? "",
      url: receipt.data?.url ?? "",
      stack: receipt.data?.stack ?? "",
      held: receipt.data?.held !== undefined,
      outside: readNotes(receipt.data?.outsideSecrets),
      // Read only for a store that changes: of a thousand receipts that takes a while.
      get origin() {
        return readOrigin(receipt.data?.origin);
      },
      createdAt: receipt.metadata.creationTimestamp,
    },
    releases,
  };
}

/** Namespace → its releases, from the labels of Helm's records (one for each revision). */
function newestReleases(records: KubeObject[]): Map<string, Release[]> {
  const byNamespace = new Map<string, Map<string, Release>>();
  for (const { metadata } of records) {
    const { name = "", status = "", version = "0" } = metadata.labels ?? {};
    const releases = byNamespace.get(metadata.namespace ?? "") ?? new Map<string, Release>();
    byNamespace.set(metadata.namespace ?? "", releases);
    const revision = Number(version);
    if (revision > (releases.get(name)?.revision ?? 0)) releases.set(name, { name, status, revision });
  }
  return new Map([...byNamespace].map(([namespace, releases]) => [namespace, [...releases.values()]]));
}

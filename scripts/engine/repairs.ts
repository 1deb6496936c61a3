import { recordLabels, recordsIn } from "../../config/helm-records";
import { labels } from "../../stores/labels";
import type { Kube } from "../../kube";
import { until } from "../machine/os/until";
import { helmRecords, namespacesOf, secretsBeside, type HelmRecord, type ReleaseName } from "./helm";
import type { Failure } from "./operation";
import { words } from "../machine/foreign-words";

/** Where a repair is made, and by what means. */
export interface RepairSite {
  kube: Kube;
  /** What the stack installs. */
  releases: ReleaseName[];
  /** Helm's records of them as they were before the operation that failed. */
  before: HelmRecord[];
  /** Breaks the lock that a failure speaks of; false when it is not provably stale. */
  breakLock(failure: Failure): Promise<boolean>;
  /** Takes back an upgrade; false when there is no earlier revision to go back to. */
  rollBack(): Promise<boolean>;
}

/** What an interrupted run can leave behind, and how the next one gets past it. */
export interface Repair {
  /** Names the repair, for the summary. */
  name: string;
  matches(failure: Failure): boolean;
  /** It touches the cluster, and so is made with the stack's lock in hand: nobody else's operation is under way then. */
  needsLock: boolean;
  /** Looks again, and repairs; false when there is nothing to repair, or it is not provably ours. */
  repair(place: RepairSite, failure?: Failure): Promise<boolean>;
  /** How the operation is tried again. */
  retry: { fresh?: boolean; refresh?: boolean };
}

/** Each repair is tried at most once an operation. */
export const knownRepairs: Repair[] = [
  {
    name: "created the stack",
    matches: ({ kind }) => kind === "not-found",
    needsLock: false,
    // Where a shop runs, its state is elsewhere or lost: a new one would know none of its passwords.
    repair: async ({ kube, releases }) => !(await holdsPasswords(kube, releases)),
    retry: { fresh: true },
  },
  {
    name: "broke the lock of a process that is gone",
    matches: ({ kind }) => kind === "locked",
    needsLock: false,
    repair: async ({ breakLock }, failure) => failure !== undefined && breakLock(failure),
    retry: { refresh: true },
  },
  {
    name: "took over a release that was installed but not recorded",
    matches: ({ message }) => words.helm.nameInUse.test(message),
    needsLock: true,
    repair: dropMeant,
    retry: { refresh: true },
  },
  {
    name: "had the namespace's quota counted anew",
    matches: ({ message }) => words.kubernetes.quotaExceeded.test(message),
    needsLock: true,
    repair: async ({ kube, releases }) => (await Promise.all(namespacesOf(releases).map((namespace) => recountQuota(kube, namespace)))).some(Boolean),
    retry: { refresh: true },
  },
  {
    name: "installed a release again that Helm has as failed",
    matches: ({ message }) => message.includes(failedReleaseText),
    needsLock: true,
    repair: dropMeant,
    retry: { refresh: true },
  },
];

const holdsPasswords = async (kube: Kube, releases: ReleaseName[]): Promise<boolean> => (await secretsBeside(kube, releases, labels.store)).length > 0;

/**
 * The one repair that does not wait for a failure: Helm's records tell. Without it Helm would refuse the next upgrade,
 * or compare it with the wrong one.
 */
export const takeBack: Repair = {
  name: "took back what a failed or interrupted Helm operation had begun",
  matches: () => false,
  needsLock: true,
  repair: async ({ kube, releases, rollBack }) => (await rollBack()) || dropRecords(kube, releases, isInterrupted),
  retry: {},
};

/** Helm's word of an operation that never came to its end; with the stack's lock in hand it never will. */
const isInterrupted = (status: string) => status.startsWith("pending-") || status === "uninstalling";

/** Some release's newest revision is one to take back: interrupted, or failed with an earlier one to go back to. */
export function needsTakingBack(records: HelmRecord[]): boolean {
  return records.some(({ release, status, revision }) => {
    const others = records.filter((other) => other.release === release);
    if (others.some((other) => other.revision > revision)) return false;
    return isInterrupted(status) || (status === "failed" && others.some((other) => other.status === "deployed"));
  });
}

/** Nobody has worked on the releases since the operation that failed: what it complained of is still so. */
async function untouched({ kube, releases, before }: RepairSite): Promise<boolean> {
  const mark = (records: HelmRecord[]) => records.map(({ release, revision, status, version }) => [release, revision, status, version].join()).sort().join(" ");
  return mark(await helmRecords(kube, releases)) === mark(before);
}

/** What the store's program says when Pulumi's state and Helm disagree (components/shared/require-deployed.ts). */
export const failedReleaseText = "Helm does not have the release as deployed";

/** The releases that a message is about: those that it names, where it does. */
function meant(releases: ReleaseName[], message: string): ReleaseName[] {
  const named = releases.filter(({ namespace, name }) => message.includes(`${namespace}/${name}`));
  return named.length > 0 ? named : releases;
}

/** Has Helm forget the releases that a failure is about, unless somebody worked on them since. */
async function dropMeant(place: RepairSite, failure?: Failure): Promise<boolean> {
  return (await untouched(place)) && dropRecords(place.kube, meant(place.releases, failure?.message ?? ""), () => true);
}

/**
 * Removes Helm's records of these releases, never an object: the next install takes those over by Helm's own ownership
 * annotations, data volumes included.
 */
export async function dropRecords(kube: Kube, releases: ReleaseName[], drop: (status: string) => boolean): Promise<boolean> {
  let dropped = 0;
  for (const release of releases) {
    const path = recordsIn(release.namespace);
    const records = await kube.list(path, { labels: recordLabels(release.name), metadataOnly: true });
    for (const { metadata } of records.filter((record) => drop(record.metadata.labels?.status ?? ""))) {
      await kube.remove(`${path}/${metadata.name}`);
      dropped++;
    }
  }
  return dropped > 0;
}

/**
 * The API server charges a quota before it creates, and forgets to take that back when whoever asked is killed in
 * between: volumes that were never made fill the quota, until the controller counts again, minutes later or when the
 * quota changes. False when the volumes are there: then the quota is really too small.
 */
async function recountQuota(kube: Kube, namespace: string): Promise<boolean> {
  const path = `/api/v1/namespaces/${namespace}`;
  const claims = (await kube.list(`${path}/persistentvolumeclaims`, { metadataOnly: true })).length;
  const charged = async () => (await kube.list(`${path}/resourcequotas`)).filter(({ status }) => Number(status?.used?.persistentvolumeclaims ?? 0) > claims);
  const wrong = await charged();
  if (wrong.length === 0) return false;
  for (const { metadata } of wrong) {
    const hard = async (value: string | null) => kube.merge(`${path}/resourcequotas/${metadata.name}`, { spec: { hard: { "count/configmaps": value } } });
    await hard("1000");
    await hard(null);
  }
  return (await until(async () => (await charged()).length === 0, { within: recountLimit, every: 200 })) === true;
}

const recountLimit = 15_000;

import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import type { Kube } from "../fleet/kube";
import { recordsOf, type ReleaseName } from "./helm";
import type { Failure } from "./operation";
import { isRunning } from "../os/process";

/** Where a repair is made, and by what means. */
export interface Place {
  kube: Kube;
  /** What the stack installs. */
  releases: ReleaseName[];
  cancelLock(): Promise<void>;
  /** Takes back an upgrade; false when there is no earlier revision to go back to. */
  rollBack(): Promise<boolean>;
}

/** What an interrupted run can leave behind, and how the next one gets past it. */
export interface Mend {
  /** Names the repair, for the summary. */
  name: string;
  matches(failure: Failure): boolean;
  /** Repairs; false when it is not provably ours to repair. */
  repair(place: Place, failure: Failure): Promise<boolean>;
  /** How the operation is tried again. */
  retry: { fresh?: boolean; refresh?: boolean };
}

/**
 * Each repair is tried at most once an operation. Those of Helm's records are safe because the failed operation held
 * the stack's lock: nobody else was working on the release.
 */
export const mends: Mend[] = [
  {
    name: "created the stack",
    matches: ({ kind }) => kind === "not-found",
    repair: async () => true,
    retry: { fresh: true },
  },
  {
    name: "broke the lock of a process that is gone",
    matches: ({ kind }) => kind === "locked",
    repair: async ({ cancelLock }, failure) => {
      if (!locksAreStale(failure.message)) return false;
      await cancelLock();
      return true;
    },
    retry: { refresh: true },
  },
  {
    name: "took back what an interrupted Helm operation had begun",
    matches: ({ message }) => /another operation \(install\/upgrade\/rollback\) is in progress/.test(message),
    repair: async ({ kube, releases, rollBack }) =>
      (await rollBack()) || dropRecords(kube, releases, (status) => status.startsWith("pending-") || status === "uninstalling"),
    retry: {},
  },
  {
    name: "took over a release that was installed but not recorded",
    matches: ({ message }) => /cannot re-use a name that is still in use/.test(message),
    repair: ({ kube, releases }, { message }) => dropRecords(kube, meant(releases, message), () => true),
    retry: { refresh: true },
  },
  {
    name: "had the namespace's quota counted anew",
    matches: ({ message }) => /exceeded quota/.test(message),
    repair: async ({ kube, releases }) => {
      const namespaces = [...new Set(releases.map(({ namespace }) => namespace))];
      return (await Promise.all(namespaces.map((namespace) => recountQuota(kube, namespace)))).some(Boolean);
    },
    retry: { refresh: true },
  },
  {
    name: "installed a release again that Helm has as failed",
    matches: ({ message }) => message.includes(failedReleaseText),
    repair: ({ kube, releases }, { message }) => dropRecords(kube, meant(releases, message), () => true),
    retry: { refresh: true },
  },
];

/** What the store's program says when Pulumi's state and Helm disagree (components/shared/require-deployed.ts). */
export const failedReleaseText = "Helm does not have the release as deployed";

/** The releases that a message is about: those that it names, where it does. */
function meant(releases: ReleaseName[], message: string): ReleaseName[] {
  const named = releases.filter(({ namespace, name }) => message.includes(`${namespace}/${name}`));
  return named.length > 0 ? named : releases;
}

/**
 * Removes Helm's records of these releases, never an object: the next install takes those over by Helm's own ownership
 * annotations, data volumes included.
 */
export async function dropRecords(kube: Kube, releases: ReleaseName[], drop: (status: string) => boolean): Promise<boolean> {
  let dropped = 0;
  for (const release of releases) {
    const path = `/api/v1/namespaces/${release.namespace}/secrets`;
    const records = await kube.list(path, { labels: recordsOf(release), metadataOnly: true });
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
  const end = Date.now() + recountLimit;
  while ((await charged()).length > 0) {
    if (Date.now() > end) return false;
    await delay(200);
  }
  return true;
}

const recountLimit = 15_000;

/** `created by user@host (pid 123) at 2026-…`, as a file or bucket backend words each lock. */
const holder = /created by \S+@(\S+) \(pid (\d+)\)/g;

/** All locks are of this host, and none of their processes runs any more (or its number now is another program's). */
export function locksAreStale(message: string, host = hostname(), holds = holdsLock): boolean {
  const holders = [...message.matchAll(holder)];
  return holders.length > 0 && holders.every(([, where, pid]) => where === host && !holds(Number(pid)));
}

function holdsLock(pid: number): boolean {
  if (!isRunning(pid)) return false;
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").startsWith("pulumi");
  } catch {
    return true;
  }
}

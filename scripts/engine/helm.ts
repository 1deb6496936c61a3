import { UserError } from "../../config/errors";
import { recordLabels, recordsIn } from "../../config/helm-records";
import type { Kube, KubeObject } from "../../kube";
import { run } from "../machine/os/run";
import { toolPath } from "../machine/tools";
import type { Session } from "./session";

/** A roll-back waits for no pods, only for the API server; milliseconds. */
const patience = 120_000;

/** A release that a stack makes. Whatever else a namespace holds is somebody else's. */
export interface ReleaseName {
  namespace: string;
  name: string;
}

export const namespacesOf = (releases: ReleaseName[]) => [...new Set(releases.map(({ namespace }) => namespace))];

/** The Secrets with these labels in the namespaces of some releases, without what is in them. */
export async function secretsBeside(kube: Kube, releases: ReleaseName[], labels: string): Promise<KubeObject[]> {
  const found = namespacesOf(releases).map(async (namespace) => {
    // Who may read Secrets in the namespaces of stores only may not ask in one that is not there.
    if (!(await kube.get(`/api/v1/namespaces/${namespace}`))) return [];
    return kube.list(`/api/v1/namespaces/${namespace}/secrets`, { labels, metadataOnly: true });
  });
  return (await Promise.all(found)).flat();
}

/** One of Helm's records, by its labels. */
export interface HelmRecord {
  release: string;
  revision: number;
  /** Helm's word: deployed, superseded, failed, pending-install, pending-upgrade, uninstalling … */
  status: string;
  /** Of the record itself: changes with every write. */
  version: string;
}

/** Helm's records of some releases, as they are at this moment. */
export async function helmRecords(kube: Kube, releases: ReleaseName[]): Promise<HelmRecord[]> {
  const found = await Promise.all(
    releases.map(async (release) => {
      const records = await kube.list(recordsIn(release.namespace), { labels: recordLabels(release.name), metadataOnly: true });
      return records.map(({ metadata: { labels = {}, resourceVersion = "" } }) => ({
        release: `${release.namespace}/${release.name}`, revision: Number(labels.version), status: labels.status ?? "", version: resourceVersion,
      }));
    }),
  );
  return found.flat();
}

/**
 * Takes back the last upgrade of a release, where it failed or was cut off. Helm compares the next upgrade
 * with the last revision that was deployed, so what a failed one had added (a variable, an annotation, a whole object)
 * would stay for good. False when the last revision is deployed, or there is none to go back to, or Helm refuses: an
 * upgrade can do without, and must not be kept from a store for good.
 * @param refused told what Helm says when it refuses
 * @throws UserError when Helm does not come to an end, or is cancelled
 */
export async function rollBack(session: Session, release: ReleaseName, signal: AbortSignal, refused: (words: string) => void): Promise<boolean> {
  const { kube } = session;
  const { namespace, name } = release;
  const revisions = (await helmRecords(kube, [release])).sort((a, b) => b.revision - a.revision);
  const last = revisions[0];
  const good = revisions.find(({ status }) => status === "deployed");
  if (!last || !good || last === good) return false;

  // A Job that only one of the two revisions has would be patched, which no Job allows; it is made again.
  const jobs = `/apis/batch/v1/namespaces/${namespace}/jobs`;
  for (const { metadata } of await kube.list(jobs, { labels: "app.kubernetes.io/managed-by=Helm", metadataOnly: true })) {
    if (metadata.annotations?.["meta.helm.sh/release-name"] === name) await kube.remove(`${jobs}/${metadata.name}?propagationPolicy=Background`);
  }
  // Without waiting for its pods: the upgrade that follows does that.
  const { code, words } = await goBackTo(session, release, good.revision, [], patience, signal);
  if (code === 0) return true;
  if (code === 124 || code === 130) throw new UserError(words);
  refused(words);
  return false;
}

/** `helm rollback` to a revision, be it the one that is there. @param within milliseconds @returns its exit code, and what it said */
export async function goBackTo({ cluster, variables }: Pick<Session, "cluster" | "variables">, { namespace, name }: ReleaseName, revision: number, more: string[], within: number, signal: AbortSignal): Promise<{ code: number; words: string }> {
  const args = ["rollback", name, String(revision), "--namespace", namespace, "--kube-context", cluster.context, ...more];
  const { code, stderr } = await run(toolPath("helm") ?? "helm", args, { env: variables, timeout: within, signal });
  return { code, words: `helm ${args.slice(0, 5).join(" ")}: ${stderr.trim().replace(/\s+/g, " ")}` };
}

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { toolPath } from "../tools";
import type { Session } from "./session";

/** A release that a stack makes. Whatever else a namespace holds is somebody else's. */
export interface ReleaseName {
  namespace: string;
  name: string;
}

/** The labels of a release's records: Secrets, one for each revision. */
export const recordsOf = ({ name }: ReleaseName) => `owner=helm,name=${name}`;

/**
 * Takes back the last upgrade of a release, where it failed or was cut off. Helm compares the next upgrade
 * with the last revision that was deployed, so what a failed one had added (a variable, an annotation, a whole object)
 * would stay for good. False when the last revision is deployed, or there is none to go back to.
 */
export async function rollBack({ kube, cluster, variables }: Session, release: ReleaseName): Promise<boolean> {
  const { namespace, name } = release;
  const records = await kube.list(`/api/v1/namespaces/${namespace}/secrets`, { labels: recordsOf(release), metadataOnly: true });
  const revisions = records
    .map(({ metadata: { labels = {} } }) => ({ status: labels.status, number: Number(labels.version) }))
    .sort((a, b) => b.number - a.number);
  const last = revisions[0];
  const good = revisions.find(({ status }) => status === "deployed");
  if (!last || !good || last === good) return false;

  // A Job that only one of the two revisions has would be patched, which no Job allows; it is made again.
  const jobs = `/apis/batch/v1/namespaces/${namespace}/jobs`;
  for (const { metadata } of await kube.list(jobs, { labels: "app.kubernetes.io/managed-by=Helm", metadataOnly: true })) {
    if (metadata.annotations?.["meta.helm.sh/release-name"] === name) await kube.remove(`${jobs}/${metadata.name}?propagationPolicy=Background`);
  }
  const args = ["rollback", name, String(good.number), "--namespace", namespace, "--kube-context", cluster.context];
  // Without waiting for its pods: the upgrade that follows does that. Where Helm can not, that one tells why.
  await promisify(execFile)(toolPath("helm") ?? "helm", args, { env: { ...process.env, ...variables } }).catch(() => undefined);
  return true;
}

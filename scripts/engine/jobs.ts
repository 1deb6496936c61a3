import { storesCommand } from "../../config/stores-command";
import { UserError } from "../../config/errors";
import type { Kube, KubeObject } from "../../kube";
import { containersOf } from "../fleet/containers";
import type { Event } from "../fleet/event";
import { podFinding } from "../fleet/pod-trouble";
import { until } from "../machine/os/until";

/** Milliseconds until a Job's first container runs. */
const startsWithin = 120_000;

/** What differs in one Job from the CronJob that it is made of. */
export interface JobChanges {
  /** Begins with its kind. */
  name: string;
  /** By container: variables in place of the template's. */
  env: Record<string, Record<string, string>>;
  /** Its pods may run anywhere: those that they have to be beside are not there. */
  alone?: boolean;
}

/** A Job that did its work. */
export interface EndedJob {
  /** The main container's last word. */
  word: string;
  pods: KubeObject[];
}

interface Condition {
  type: string;
  status: string;
  message?: string;
}

type Template = { metadata?: { labels?: Record<string, string> }; spec: { template: { spec: Record<"initContainers" | "containers", { name: string; env?: { name: string; value?: string }[] }[]> & { affinity?: object } } } };

/**
 * Makes a Job of what a CronJob in the cluster has as its template, and waits for its end. So what is run is always what the store's
 * program, or the environment's, put there. Ctrl-C takes the Job along.
 * @throws UserError with the pod's own words where it failed, or did not come to an end
 */
export async function runJob(kube: Kube, namespace: string, cronJob: string, changes: JobChanges, { within, signal }: { within: number; signal: AbortSignal }): Promise<EndedJob> {
  const jobs = `/apis/batch/v1/namespaces/${namespace}/jobs`;
  const template = (await kube.get(`/apis/batch/v1/namespaces/${namespace}/cronjobs/${cronJob}`))?.spec?.jobTemplate as Template | undefined;
  if (!template) throw new UserError(`there is no CronJob ${cronJob} in namespace ${namespace}`, `It comes with the next ${storesCommand("apply")}.`, "not-ready");
  const { metadata: { name } } = await kube.create(jobs, jobOf(template, changes));
  let job: KubeObject | undefined;
  const ended = async () => {
    job = await kube.get(`${jobs}/${name}`);
    return job === undefined || endOf(job) !== undefined;
  };
  const podsNow = () => kube.list(`/api/v1/namespaces/${namespace}/pods`, { labels: `job-name=${name}` });
  const begun = async () => (await ended()) || (await podsNow()).some((pod) => containersOf(pod).some(({ state }) => state?.running || state?.terminated));
  // A pod that has no room, or no image, would be waited for until the Job itself gives up.
  const seen = (await until(begun, { within: startsWithin, every: 500, signal })) && (await until(ended, { within, every: 500, signal }));
  const pods = await podsNow();
  if (!seen) {
    const why = signal.aborted ? undefined : await troubleOf(kube, namespace, pods);
    // Its pods first: while they are there, so is what they hold.
    await kube.remove(`${jobs}/${name}?propagationPolicy=Foreground`).catch(() => undefined);
    if (signal.aborted) throw new UserError("cancelled");
    throw new UserError(why ?? `${name} in namespace ${namespace} did not come to its end`);
  }
  if (!job) throw new UserError(`somebody removed the Job ${name} in namespace ${namespace}`);
  if (endOf(job)?.type === "Failed") throw new UserError((await troubleOf(kube, namespace, pods)) ?? `${name}: ${endOf(job)?.message ?? "failed"}`);
  return { word: wordOf(pods), pods };
}

function jobOf({ metadata, spec }: Template, { name, env, alone }: JobChanges): object {
  const pod = structuredClone(spec.template.spec);
  for (const container of [...(pod.initContainers ?? []), ...pod.containers]) {
    for (const [key, value] of Object.entries(env[container.name] ?? {})) container.env = [...(container.env ?? []).filter((it) => it.name !== key), { name: key, value }];
  }
  if (alone) delete pod.affinity;
  // Whoever waits for it is told at once, and decides.
  return { apiVersion: "batch/v1", kind: "Job", metadata: { generateName: `${name}-`, labels: metadata?.labels }, spec: { ...spec, backoffLimit: 0, template: { ...spec.template, spec: pod } } };
}

const endOf = ({ status }: KubeObject): Condition | undefined =>
  ((status?.conditions ?? []) as Condition[]).find(({ type, status: value }) => (type === "Complete" || type === "Failed") && value === "True");

/** Of the pod that did the work. */
function wordOf(pods: KubeObject[]): string {
  const done = pods.find(({ status }) => status?.phase === "Succeeded");
  return (done && containersOf(done).at(-1)?.state?.terminated?.message) ?? "";
}

/** What the newest of a Job's pods that tells anything says. */
async function troubleOf(kube: Kube, namespace: string, pods: KubeObject[]): Promise<string | undefined> {
  const newestFirst = [...pods].sort((a, b) => b.metadata.creationTimestamp.localeCompare(a.metadata.creationTimestamp));
  for (const pod of newestFirst) {
    const failed = containersOf(pod).find(({ state }) => state?.terminated && state.terminated.exitCode !== 0);
    const word = failed?.state?.terminated?.message?.trim().split("\n").at(-1);
    if (word) return word;
    const events = await kube.list(`/api/v1/namespaces/${namespace}/events`, { fields: `involvedObject.name=${pod.metadata.name}` });
    const finding = podFinding(pod, events as unknown as Event[], false, undefined);
    if (finding) return finding.text;
  }
  const refused = (await kube.list(`/api/v1/namespaces/${namespace}/events`, { fields: "reason=FailedCreate" })) as unknown as Event[];
  return pods.length === 0 ? refused.at(-1)?.message : undefined;
}

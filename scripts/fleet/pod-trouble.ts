import { storesCommand } from "../../config/stores-command";
import { labels } from "../../stores/labels";
import type { KubeObject } from "../../kube";
import { words } from "../machine/foreign-words";
import { containersOf, isReady, roleOf, type ContainerStatus, type End } from "./containers";
import type { Event } from "./event";
import type { Finding } from "./finding";
import { pullMend } from "./pull-trouble";

interface Condition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
}

/**
 * What is wrong with a pod, if anything.
 * @param events what was said about it, newest first
 * @param again whether another pod already tries what this one failed at
 * @param secrets names of the Secrets in its namespace, if they are known
 */
export function podFinding(pod: KubeObject, events: Event[], again: boolean, secrets: Set<string> | undefined): Finding | undefined {
  const { metadata: { name }, status } = pod;
  // Ended by its node, not by itself.
  if (status?.phase === "Failed" && status.reason) return byRole(pod, `${name}: ${status.reason}: ${status.message ?? "no reason given"}`);
  const warnings = events.filter(({ type }) => type === "Warning");
  const containers = containersOf(pod);
  for (const container of containers) {
    const finding = containerFinding(pod, container, warnings, again, secrets);
    if (finding) return finding;
  }
  const conditions = (status?.conditions ?? []) as Condition[];
  const unscheduled = conditions.find(({ type, status: value }) => type === "PodScheduled" && value === "False");
  if (unscheduled) {
    // A set-up pod may have to run where the shop's does, and waits for that.
    return { cause: roleOf(pod) === "set-up" ? "waiting" : "unscheduled", text: `${name}: can not be scheduled: ${unscheduled.message ?? "no reason given"}` };
  }
  if (status?.phase === "Succeeded" || isReady(pod)) return undefined;
  // What keeps its containers from being made: a volume that can not be mounted, a Secret that is missing. Once the first
  // of them was made, as one that only waits for another part, that was got over.
  const blocked = warnings.find(({ reason }) => /^Failed(?!Scheduling$|ToRetrieveImagePullSecret$)/.test(reason));
  if (blocked && status?.phase !== "Running" && !containers.some(({ state }) => state?.running || state?.terminated)) return { cause: "container", text: `${name}: ${blocked.reason}: ${blocked.message.trim()}` };
  const unhealthy = warnings.find(({ reason }) => reason === "Unhealthy");
  if (!unhealthy) return undefined;
  const text = `${name}: not ready: ${unhealthy.message.trim()}`;
  return roleOf(pod) === "database" ? byRole(pod, text) : { cause: "waiting", text };
}

function containerFinding(
  pod: KubeObject,
  { name, image, state, lastState, restartCount }: ContainerStatus,
  warnings: Event[],
  again: boolean,
  secrets: Set<string> | undefined,
): Finding | undefined {
  const where = `${pod.metadata.name}/${name}`;
  const { reason = "", message = image } = state?.waiting ?? {};
  const restarts = restartCount > 0 ? ` (${restartCount} restarts)` : "";
  if (/Image|Registry|Signature/.test(reason)) {
    // Kubelets before 1.32 tell the cause in an event only.
    const cause = words.kubernetes.pullPutOff.test(message) ? warnings.find((it) => words.kubernetes.pullFailed.test(it.message)) : undefined;
    const said = (cause ?? { message }).message;
    return { cause: "image", text: `image can not be pulled: ${where}: ${reason}: ${said.replace(/\s+/g, " ")}`, mend: pullMend(said, image, pod, secrets) };
  }
  // How it ended says more than how long the next start is put off.
  if (reason === "CrashLoopBackOff") return byRole(pod, `${where}: ${reason}: ${lastState?.terminated ? describeEnd(lastState.terminated) : message}${restarts}`);
  if (/Err|Config/.test(reason)) return { cause: "container", text: `${where}: ${reason}: ${message}${restarts}` };

  const ended = state?.terminated;
  if (!ended || ended.exitCode === 0) return undefined;
  if (roleOf(pod) !== "set-up") return byRole(pod, `${where}: ended with ${describeEnd(ended)}`);
  return { cause: "set-up", text: setUpFailure(pod, name, ended) + (again ? "; it is being tried again" : "") };
}

function byRole(pod: KubeObject, text: string): Finding {
  const role = roleOf(pod);
  if (role === "database") return { cause: "database", text: `database not up: ${text}`, mend: isFull(text) ? fullMend(pod) : undefined };
  return role === "set-up" ? { cause: "set-up", text: `set-up failed: ${text}` } : { cause: "other", text };
}

/** In the words of Postgres, MariaDB and Redis. */
const isFull = (text: string) => words.fullDisk.test(text);
const fullMend = ({ metadata }: KubeObject) =>
  `its volume is full: choose a larger plan, or raise volumes under plans in Pulumi.${metadata.labels?.[labels.env] ?? "ENV"}.yaml, then ${storesCommand("cluster up")} && ${storesCommand("apply")}; the storage class has to allow expansion`;

/** `exit code 137 (OOMKilled): …` */
const describeEnd = ({ reason, exitCode, message = "" }: End) =>
  [`exit code ${exitCode}${reason && reason !== "Error" ? ` (${reason})` : ""}`, telling(message)].filter(Boolean).join(": ");

/** The lines `12:00:00 setup: …` by which setup.sh of WooCommerce tells its steps; Medusa has a container for each. */
const stepLine = /^\d\d:\d\d:\d\d setup: (.*)$/m;

function setUpFailure(pod: KubeObject, container: string, end: End): string {
  const log = (end.message ?? "").split(stepLine);
  const step = log.length > 1 ? log.at(-2) : pod.spec?.initContainers ? container : undefined;
  const said = telling(log.at(-1) ?? "").replace(/^setup FAILED: /, "");
  const why = said && (end.reason ?? "Error") === "Error" ? said : describeEnd({ ...end, message: said });
  return `set-up failed${step ? ` at "${step}"` : ""}: ${why}`;
}

const namesError = /\b(error|fatal|panic|failed|denied|exception)\b/i;

/** Of the end of a log, three lines at most: from the first that names an error on, else the last ones. */
function telling(log: string): string {
  const lines = log.split("\n").map((line) => sentenceOf(line).replace(/\p{Cc}+/gu, " ").trim()).filter(Boolean);
  const first = lines.findIndex((line) => namesError.test(line));
  return (first < 0 ? lines.slice(-3) : lines.slice(first, first + 3)).join(" / ");
}

/** Medusa logs JSON. */
function sentenceOf(line: string): string {
  try {
    const { level, message } = JSON.parse(line) as { level?: unknown; message?: unknown };
    if (typeof message === "string") return (level === "error" && !namesError.test(message) ? "error: " : "") + message.replace(/\s+/g, " ");
  } catch {
    // Plain text, as all others write it.
  }
  return line;
}

/** A set-up that was ended from outside, such as for taking too long, has no pod left that would tell. */
export function jobFinding(job: KubeObject): Finding | undefined {
  if (roleOf(job) !== "set-up") return undefined;
  const failed = ((job.status?.conditions ?? []) as Condition[]).find(({ type, status }) => type === "Failed" && status === "True");
  return failed && { cause: "set-up", text: `set-up failed: ${failed.reason}: ${failed.message}` };
}

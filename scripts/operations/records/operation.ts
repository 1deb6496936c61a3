import { userInfo, hostname } from "node:os";
import { z } from "zod";
import type { EnvironmentName } from "../../../config/names";
import { labelsOfRecord, recordLabels, recordsPath } from "../../../infra/control";
import type { Kube, KubeObject } from "../../../kube";
import { isLeft } from "../../engine/claims";
import type { Asker, Session } from "../../engine/session";
import type { PlacedProcess } from "../../machine/os/placed-process";
import { withoutPlace } from "./audit";
import type { Actor } from "./chain";
import { jsonOf } from "./json";

export const pathOf = (id: string) => `${recordsPath}/${nameOf(id)}`;
export const nameOf = (id: string) => `op-${id}`;

/** Milliseconds between two signs of life, and after which a run without one counts as cut off. */
export const heartbeatEvery = 5_000;
const silentFor = 30_000;
/** By which it is asked to end. */
export const cancelAnnotation = "storefleet.dev/cancel";
/** Of ended operations so many are kept. */
const kept = 200;

export const kinds = ["apply", "destroy", "plan", "restart", "verify", "backup", "restore", "environment"] as const;
export type Kind = (typeof kinds)[number];

/** What was asked for: the part of a record that never changes. */
const request = z.strictObject({
  kind: z.enum(kinds), env: z.string(), via: z.enum(["cli", "api"]), actor: z.strictObject({ user: z.string(), person: z.string(), host: z.string() }), requestedAt: z.string(),
  names: z.array(z.string()).optional().describe("Stores that were named; absent: whatever the list says."),
  prune: z.boolean().optional(), maxDeletes: z.int().min(0).optional(),
  plan: z.string().optional().describe("Of an apply that does what a plan says: the operation that made it."),
  body: z.string().optional().describe("Digest of what an API's client sent."),
});
export type OperationRequest = z.infer<typeof request>;

/** What is known once it is carried out. */
const run = z.strictObject({
  startedAt: z.string(), deadline: z.string().describe("When it gives up."), commit: z.string().optional(),
  stores: z.record(z.string(), z.string()).describe("What is to be done with which."),
});
export type OperationRun = z.infer<typeof run>;

/** abandoned: its edit of the list never came about. */
export const ends = ["succeeded", "failed", "cancelled", "interrupted", "abandoned"] as const;
export type End = (typeof ends)[number];
/** editing: the list is being edited for it. queued: nobody has begun with it. */
const waits = ["editing", "queued"] as const;

/** One store's part. */
const part = z.strictObject({
  action: z.string(), result: z.string().describe("waiting, working, or how it ended. cut off: its process was killed."), step: z.string().optional().describe("What is done with it just now."),
  seconds: z.number().optional(), error: z.string().optional(), repairs: z.array(z.string()).optional(),
});
export type Part = z.infer<typeof part>;

/** An operation as its record tells it. */
export const operation = request.omit({ body: true }).extend(run.partial().shape).extend({
  id: z.string(), state: z.enum([...waits, "running", "stopping", ...ends]).describe("editing: the list is being edited for it. stopping: asked to end. interrupted: its process was killed. abandoned: the list was not edited after all."),
  endedAt: z.string().optional(), error: z.string().optional(), stores: z.record(z.string(), part),
});
export type Operation = z.infer<typeof operation>;

/** Seconds, to a tenth. */
export const tenths = (milliseconds: number): number => Math.round(milliseconds / 100) / 10;

/** Names sort by time. */
export const newId = (now: number, random: () => number = Math.random): string =>
  `${new Date(now).toISOString().slice(0, 19).replace(/[-:]/g, "").replace("T", "-")}-${Math.floor(random() * 36 ** 4).toString(36).padStart(4, "0")}`;

/** Where records are written, and on whose behalf. */
export type Place = Pick<Session, "kube" | "env" | "by">;

/** Whom the cluster knows, and whom this machine. */
export async function whoAsks({ kube, by = { via: "cli", person: personHere(), host: hostname() } }: Place): Promise<{ via: Asker["via"]; actor: Actor }> {
  const review = await kube.create("/apis/authentication.k8s.io/v1/selfsubjectreviews", { apiVersion: "authentication.k8s.io/v1", kind: "SelfSubjectReview" });
  const user = (review.status?.userInfo as { username?: string } | undefined)?.username ?? "unknown";
  return { via: by.via, actor: { user, person: by.person, host: by.host } };
}

function personHere(): string {
  try {
    return userInfo().username;
  } catch {
    return "unknown"; // an id without an entry, as in containers
  }
}

/** What else a record holds when it is made. */
export interface RecordStart {
  state: "editing" | "queued" | "running";
  process: PlacedProcess;
  run?: OperationRun;
  /** The edit of the list that it is for. */
  edit?: ListEdit;
}

/** By which it is seen later whether an edit came about: an entry's name, and the digest of what it says then; null where it is gone. */
export interface ListEdit {
  name: string;
  after: string | null;
}

/** Makes the record; it has to be there before anything else happens. */
export async function writeRecord(kube: Kube, id: string, asked: OperationRequest, { state, process, run: its, edit }: RecordStart): Promise<void> {
  const data = { request: JSON.stringify(asked), process: JSON.stringify(process), ...(its && { run: JSON.stringify(its) }), ...(edit && { edit: JSON.stringify(edit) }) };
  await kube.create(recordsPath, { apiVersion: "v1", kind: "ConfigMap", metadata: { name: nameOf(id), labels: labelsOfRecord("operation", asked.env, state) }, data }).catch((error) => {
    throw withoutPlace(error);
  });
}

/** How an operation ended, as its record is patched. */
export const endPatch = (end: End, endedAt: string, error?: string): object => ({
  metadata: { labels: { [recordLabels.state]: end } }, data: { end: JSON.stringify({ endedAt, ...(error && { error: error.slice(0, 1000) }) }) },
});

/** Newest first. @param id this one only */
export async function readOperations(kube: Kube, env: EnvironmentName, id?: string): Promise<Operation[]> {
  if (id !== undefined && !/^[a-z0-9-]{1,60}$/.test(id)) return [];
  const found = id === undefined ? await kube.list(recordsPath, { labels: `${recordLabels.kind}=operation` }) : [await kube.get(pathOf(id))];
  return found.flatMap((object) => (object ? operationOf(object, kube.now()) : [])).filter((it) => it.env === env).sort(newestFirst);
}

/** Ids alone do not tell: those of requests with a key hold no time. */
const ageOf = ({ requestedAt, id }: Operation) => `${requestedAt} ${id}`;
export const newestFirst = (a: Operation, b: Operation): number => (ageOf(a) < ageOf(b) ? 1 : -1);

/** None where it is not one that this version knows. */
export function operationOf(object: KubeObject, now: number): Operation[] {
  const { data = {}, metadata } = object;
  const asked = requestOf(object);
  if (!asked) return [];
  const { body: _, ...told } = asked;
  const { stores = {}, ...its } = run.safeParse(jsonOf(data.run)).data ?? {};
  const { endedAt, error } = (jsonOf(data.end) ?? {}) as { endedAt?: string; error?: string };
  const state = stateOf(object, now);
  const steps = (jsonOf(data.steps) ?? {}) as Record<string, string>;
  const partOf = (name: string, action: string): Part => {
    const it: Part = part.safeParse(jsonOf(data[storeKey(name)])).data ?? { action, result: "waiting" };
    if (it.result !== "working" && it.result !== "waiting") return it;
    if (state !== "running" && state !== "stopping") return { ...it, result: it.result === "working" ? "cut off" : "not started" };
    return it.result === "working" && steps[name] ? { ...it, step: steps[name] } : it;
  };
  return [{
    ...told, ...its, id: metadata.name.slice(nameOf("").length), state, ...(endedAt && { endedAt }), ...(error && { error }),
    stores: Object.fromEntries(Object.entries(stores).map(([name, action]) => [name, partOf(name, action)])),
  }];
}

function stateOf(object: KubeObject, now: number): Operation["state"] {
  const label = object.metadata.labels?.[recordLabels.state];
  const settled = [...waits, ...ends].find((it) => it === label);
  if (settled) return settled;
  if (isSilent(object, now)) return "interrupted";
  return object.metadata.annotations?.[cancelAnnotation] ? "stopping" : "running";
}

/** What was asked for, of a record's object. */
export const requestOf = ({ data = {} }: KubeObject): OperationRequest | undefined => request.safeParse(jsonOf(data.request)).data;
export const editOf = ({ data = {} }: KubeObject): ListEdit | undefined => jsonOf(data.edit) as ListEdit | undefined;

export const storeKey = (store: string) => `store.${store}`;

/** Nobody carries it out any more: its process is known to be gone, or gave no sign of life for long enough, by the clock that stamped the last. */
export const isSilent = (object: KubeObject, now: number): boolean => isLeft(object, object.data?.process, now, silentFor);

/** Asks an operation to end; its process hears it at its next sign of life. */
export const askToEnd = async (kube: Kube, id: string): Promise<void> => void (await kube.merge(pathOf(id), { metadata: { annotations: { [cancelAnnotation]: "true" } } }));

/** Lets go of the oldest ended ones. */
export async function forgetOldest(kube: Kube): Promise<void> {
  const ended = await kube.list(recordsPath, { labels: `${recordLabels.kind}=operation,${recordLabels.state} notin (editing,queued,running)`, metadataOnly: true });
  await removeOldest(kube, ended, kept);
}

/** Of objects beside each other, so many stay: the newest. */
export async function removeOldest(kube: Kube, objects: KubeObject[], most: number): Promise<void> {
  const names = objects.map(({ metadata: { creationTimestamp, name } }) => ({ name, age: `${creationTimestamp} ${name}` })).sort((a, b) => (a.age < b.age ? -1 : 1));
  for (const { name } of names.slice(0, Math.max(0, names.length - most))) await kube.remove(`${recordsPath}/${name}`);
}

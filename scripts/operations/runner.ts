import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { UserError } from "../../config/errors";
import { recordLabels, recordsPath } from "../../infra/control";
import type { KubeObject } from "../../kube";
import { Claims, renewEvery, runnerClaim } from "../engine/claims";
import { concurrencyFor } from "../engine/concurrency";
import type { Session } from "../engine/session";
import { placed } from "../machine/os/placed-process";
import { apply } from "./apply";
import { backup } from "./backups";
import { destroy } from "./destroy";
import { refreshList } from "./list-in-cluster";
import { AuditTrail } from "./records/audit";
import { editOf, isSilent, operationOf, pathOf, requestOf, type End, type Operation, type OperationRequest } from "./records/operation";
import { closeRecord, tellEnd } from "./records/recorded";
import type { At } from "./asked";
import { ListWatch } from "./list-watch";
import { applyKept, planQueued } from "./queued-plan";
import { cameAbout } from "./requests";
import { restart } from "./restart";
import type { Listener, Progress, Scope } from "./scope";
import { verifyStore } from "./verify";

/** Milliseconds between two looks at what waits. */
const lookEvery = 1_000;
/** So often an operation is taken up again whose process was killed. */
const mostResumes = 3;
const resumesAnnotation = "storefleet.dev/resumes";

const quiet: Progress = { begin() {}, step() {}, end() {}, close() {} };

/**
 * Carries out what waits in an environment's records, until `signal` is aborted: one process at a time does that, by a claim that falls to
 * another one 15 s after it was killed. Operations go side by side as far as this machine bears, in the order in which they were asked for
 * where they are about the same store.
 * @param say what a person who watches the process may want to know
 */
export async function runQueue({ scope, session }: At, { signal, say }: Pick<Listener, "signal" | "say">, carryOut: CarryOut = carriedOut): Promise<void> {
  const own = placed(process.pid);
  const claims = new Claims(session.kube, { env: scope.env, inWords: `runner ${randomUUID()} of ${scope.env}, process ${process.pid}`, process: own });
  const queue = new Queue(session, scope, say, carryOut);
  const watch = new ListWatch({ scope, session }, say);
  let watching: Promise<void> | undefined;
  let leads: AbortController | undefined;
  let told = "";
  for (let renewed = 0; !signal.aborted; await delay(lookEvery, undefined, { signal }).catch(() => undefined)) {
    try {
      if (!leads) {
        const mine = new AbortController();
        if ((await claims.take(runnerClaim, () => mine.abort())) === undefined) leads = mine;
      }
      if (leads && Date.now() - renewed > renewEvery) {
        await claims.renew();
        renewed = Date.now();
      }
      if (leads?.signal.aborted) {
        say("another process runs the queue now");
        leads = undefined;
      }
      if (leads) await queue.look(AbortSignal.any([signal, leads.signal]));
      // Whoever edits the list is waited for, but not here: the claim has to be renewed meanwhile.
      if (leads) watching ??= watch.look().finally(() => (watching = undefined));
      told = "";
    } catch (error) {
      const { message } = error as Error;
      // Once, however long it lasts.
      if (message !== told) say(`what waits can not be looked at: ${message}`);
      told = message;
    }
  }
  await Promise.all([queue.ended(), watching]);
  await claims.giveBack(runnerClaim).catch(() => undefined);
}

/** Does what was asked for, under the record that waits for it. */
export type CarryOut = (scope: Scope, request: OperationRequest, how: { queued: string; concurrency: number }, listener: Listener) => Promise<unknown>;

/** A wave that bakes must not keep others from their stores: the next apply goes on with it. */
const goesOn = { noWait: true };

const carriedOut: CarryOut = async (scope, { kind, names = [], prune = false, maxDeletes = 0, plan }, how, listener) => {
  const [name = ""] = names;
  // Whoever asked has seen what would be lost.
  const agreed = async () => undefined;
  if (kind === "plan") return planQueued(scope, { names, prune, ...how }, listener);
  if (kind === "apply" && plan !== undefined) return applyKept(scope, plan, { maxDeletes, rollout: goesOn, ...how }, listener);
  if (kind === "apply") return apply(scope, { names, prune, maxDeletes, skipUnchanged: true, rollout: goesOn, ...how }, agreed, listener);
  if (kind === "destroy") return destroy(scope, { names, ...how }, agreed, listener);
  if (kind === "restart") return restart(scope, name, undefined, { ...listener, ...how });
  if (kind === "verify") return verifyStore(scope, name, () => {}, { ...listener, ...how });
  if (kind === "backup") return backup(scope, { names, ...how }, listener);
  throw new UserError(`nobody carries out "${kind}" from the queue`);
};

class Queue {
  private readonly under = new Map<string, { names: string[] | undefined; lanes: number; end: Promise<void> }>();

  constructor(
    private readonly session: Session,
    private readonly scope: Scope,
    private readonly say: (text: string) => void,
    private readonly work: CarryOut,
  ) {}

  /** One look: what may begin is begun. */
  async look(signal: AbortSignal): Promise<void> {
    const { kube, env } = this.session;
    const waiting = await kube.list(recordsPath, { labels: `${recordLabels.kind}=operation,${recordLabels.env}=${env},${recordLabels.state} in (editing,queued,running)` });
    const inOrder = waiting.flatMap((object) => {
      const request = requestOf(object);
      return request?.via === "api" ? [{ object, request }] : [];
    }).sort((a, b) => (a.request.requestedAt < b.request.requestedAt ? -1 : 1));
    const earlier: (string[] | undefined)[] = [...this.under.values()].map(({ names }) => names);
    for (const { object, request } of inOrder) {
      const id = object.metadata.name.slice("op-".length);
      if (this.under.has(id)) continue;
      if (!(await this.isReady(object))) continue;
      const free = concurrencyFor() - [...this.under.values()].reduce((sum, { lanes }) => sum + lanes, 0);
      // A whole fleet's apply takes all lanes, once there is one: whoever waits first goes first.
      if (free < 1) return;
      const names = held(request);
      if (!earlier.some((others) => overlap(others, names))) this.begin(id, request, lanesFor(request, free), signal);
      earlier.push(names);
    }
  }

  /** Whether it waits to be begun; what a process left that was killed is seen to first. */
  private async isReady(object: KubeObject): Promise<boolean> {
    const { kube, env } = this.session;
    const state = object.metadata.labels?.[recordLabels.state];
    if (state === "queued") return true;
    if (!isSilent(object, kube.now())) return false;
    const path = `${recordsPath}/${object.metadata.name}`;
    const { resourceVersion } = object.metadata;
    if (state === "editing") {
      const edit = editOf(object);
      if (edit && (await cameAbout(this.scope, kube, edit))) return (await kube.merge(path, { metadata: { resourceVersion, labels: { [recordLabels.state]: "queued" } } })) !== undefined;
      await this.close(object, "abandoned", "the process that edited the list was killed before it did");
      return false;
    }
    const resumes = Number(object.metadata.annotations?.[resumesAnnotation] ?? 0) + 1;
    if (resumes > mostResumes) {
      await this.close(object, "failed", `interrupted ${resumes} times`);
      return false;
    }
    await tellEnd(kube.now(), new AuditTrail(kube, env), this.operationOf(object), "interrupted");
    return (await kube.merge(path, { metadata: { resourceVersion, annotations: { [resumesAnnotation]: String(resumes) }, labels: { [recordLabels.state]: "queued" } } })) !== undefined;
  }

  private begin(id: string, request: OperationRequest, lanes: number, signal: AbortSignal): void {
    const end = this.carryOut(id, request, lanes, signal).finally(() => this.under.delete(id));
    this.under.set(id, { names: held(request), lanes, end });
  }

  /** Never rejects: what goes wrong stands in the record. */
  private async carryOut(id: string, request: OperationRequest, lanes: number, signal: AbortSignal): Promise<void> {
    const { actor, via } = request;
    try {
      await refreshList(this.scope, this.session.kube);
      await this.work({ ...this.scope, by: { via, person: actor.person, host: actor.host } }, request, { queued: id, concurrency: lanes }, { signal, say: this.say, progress: quiet });
      // Where no environment is up, nothing is recorded.
      await this.closeIfOpen(id, "succeeded");
    } catch (error) {
      await this.closeIfOpen(id, "failed", (error as Error).message).catch((lost: Error) => this.say(`operation ${id}: ${lost.message}`));
    }
  }

  /** Where its record was never taken over, as with a list that is wrong by now. */
  private async closeIfOpen(id: string, end: End, error?: string): Promise<void> {
    const object = await this.session.kube.get(pathOf(id));
    if (object?.metadata.labels?.[recordLabels.state] === "queued") await this.close(object, end, error);
  }

  private async close(object: KubeObject, end: End, error?: string): Promise<void> {
    const { kube, env } = this.session;
    await closeRecord(kube, new AuditTrail(kube, env), this.operationOf(object), end, error);
  }

  private operationOf(object: KubeObject): Operation {
    const [it] = operationOf(object, this.session.kube.now());
    // The queue holds none that this version does not know.
    return it as Operation;
  }

  /** All that is under way has come to its end. */
  ended = (): Promise<unknown> => Promise.all([...this.under.values()].map(({ end }) => end));
}

/** The stores that nothing else may be about meanwhile; undefined: all. A plan changes none. */
const held = ({ kind, names }: OperationRequest): string[] | undefined => (kind === "plan" ? [] : names);

/** A plan of a whole fleet leaves room for what changes a store. */
const lanesFor = ({ kind, names }: OperationRequest, free: number): number => Math.min(kind === "plan" ? Math.ceil(free / 2) : free, names?.length || free);

/** Whether both are about the same store; without names one is about all. */
const overlap = (some: string[] | undefined, others: string[] | undefined): boolean => some === undefined || others === undefined || some.some((name) => others.includes(name));

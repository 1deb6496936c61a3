import { UserError } from "../../config/errors";
import { storesCommand } from "../../config/stores-command";
import type { KubeObject } from "../../kube";
import type { Session } from "../engine/session";
import { containersOf, isReady } from "../fleet/containers";
import type { Observed } from "../fleet/observe";
import { runAttached } from "../machine/os/attached";
import { ensureTools, toolPath } from "../machine/tools";
import { partOf, prepared } from "../shops/inside";
import { noteDown } from "./records/of-stores";
import { findStore } from "./running-store";
import type { Listener, Scope } from "./scope";
import { simulationNote } from "./status";

export interface InsideOptions {
  /** A container, the program that one goes in there for, or a pod. @default where the shop's own software is */
  part?: string;
  /** @default the part's prompt */
  command?: string[];
  /** Whether a person sits there: keys go inside as they are, Ctrl-C too. */
  terminal: boolean;
}

/** Runs a command in a store's pod with this process's own standard streams. Returns its exit code. */
export async function runInside(scope: Scope, name: string, options: InsideOptions, say: Listener["say"]): Promise<number> {
  const { session, store } = await findStore(scope, name);
  const args = await wayInside(session, store, options);
  // Not all of it: what is typed may hold a password.
  await noteDown(session, { action: "store.exec", store: name, reason: `${options.part ?? store.engine}: ${options.command?.[0] ?? "shell"}`.slice(0, 100) });
  return runAttached(toolPath("kubectl") ?? (await ensureTools(["kubectl"], say)).kubectl, args);
}

/** kubectl's arguments for that. */
export async function wayInside(session: Pick<Session, "cluster" | "kube">, store: Observed, { part: wanted, command, terminal }: InsideOptions): Promise<string[]> {
  if (session.cluster.simulated) throw new UserError(`nothing runs in the pods of ${store.store}`, simulationNote, "not-ready");
  const part = partOf(store.engine, wanted);
  const place = await findContainer(session, store, part?.container ?? wanted ?? "");
  const words = command ?? part?.prompt ?? ["sh"];
  return kubectlExec(session, store, place, part ? prepared(part, words) : words, ["--stdin", ...(terminal ? ["--tty"] : [])]);
}

export interface RunningContainer {
  pod: string;
  container: string;
}

/**
 * A container that runs: of a part by its name, or the first of a pod by its. Of several the one that is ready and was started last.
 * Throws a UserError where the store has no such part, or none of its containers runs.
 */
export async function findContainer({ kube }: Pick<Session, "kube">, store: Observed, part: string): Promise<RunningContainer> {
  const pods = await kube.list(`/api/v1/namespaces/${store.namespace}/pods`);
  const all = pods.flatMap((pod) => namesOf(pod).map((container) => ({ pod, container })));
  const chosen = all.filter(({ pod, container }) => container === part || pod.metadata.name === part);
  const name = store.store;
  if (chosen.length === 0 && all.length > 0) {
    throw new UserError(`${name} has no part "${part}"`, `It has: ${[...new Set(all.map(({ container }) => container))].sort().join(", ")}.`, "usage");
  }
  const running = chosen.filter(runs).sort((a, b) => Number(isReady(b.pod)) - Number(isReady(a.pod)) || b.pod.metadata.creationTimestamp.localeCompare(a.pod.metadata.creationTimestamp));
  const [first] = running;
  if (!first) throw new UserError(store.suspended ? `${name} is suspended: none of its pods runs` : `no pod of ${name} with the part "${part}" runs`, storesCommand(`status ${name}`), "not-ready");
  return { pod: first.pod.metadata.name, container: first.container };
}

interface Candidate {
  pod: KubeObject;
  container: string;
}

const namesOf = ({ spec }: KubeObject) => ((spec?.containers ?? []) as { name: string }[]).map(({ name }) => name);

const statusOf = ({ pod, container }: Candidate) => containersOf(pod).find(({ name }) => name === container);

const runs = (candidate: Candidate) => candidate.pod.metadata.deletionTimestamp === undefined && statusOf(candidate)?.state?.running !== undefined;

/** kubectl's arguments for a command in a container of a store, on this session's cluster whatever kubectl itself would pick. */
export const kubectlExec = ({ cluster }: Pick<Session, "cluster">, { namespace }: Observed, { pod, container }: RunningContainer, command: string[], streams: string[] = []): string[] => [
  "--kubeconfig", cluster.kubeconfig, "--context", cluster.context, "--namespace", namespace,
  "exec", ...streams, pod, "--container", container, "--", ...command,
];

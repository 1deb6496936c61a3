import { existsSync, rmSync } from "node:fs";
import { UserError } from "../../../config/errors";
import { firstLine } from "../../../config/first-line";
import { storesCommand } from "../../../config/stores-command";
import { Kube } from "../../../kube";
import { withLock } from "../os/lock";
import { run as runOnPath, type Run } from "../os/run";
import { clusterFolder } from "../paths";
import { ensureTools } from "../tools";
import { chooseCluster, type Choice } from "./choose";
import { forgetRecord, readRecord, writeRecord, type ClusterRecord } from "./cluster-record";
import type { ContainerEngine } from "./container-engine";
import { run as runCommand } from "./commands";
import { containersDelete, containersDown, containersUp } from "./containers";
import { extractContext, forgetContext, refuseUnlessLocal, renewContext } from "./context";
import { embeddedUp, endComponents, isRunning, type Binaries } from "./embedded";
import { componentNames } from "./embedded/components";

export { clusterStatus, type ClusterStatus } from "./status";
export { isLocalContext } from "./context";
export { hasRecord } from "./cluster-record";
export { simulatedNodeLabel, testClusterLabel } from "./embedded/seed";

/** A cluster to work on. */
export interface Cluster {
  kind: "context" | "kind" | "k3d" | "embedded";
  name: string;
  context: string;
  /** A file with this one context. */
  kubeconfig: string;
  /** Why this kind of cluster was chosen. */
  why: string;
  /** Pods never run here: provisioning is real, serving is not. */
  simulated: boolean;
  /** The container engine of kind and k3d. */
  engine?: ContainerEngine;
  /** Where the ingress answers on this machine (kind and k3d). */
  ingressPorts?: { http: number; https: number };
}

export interface ClusterUpOptions {
  name: string;
  /** A context named in the settings or on the command line: used as it is, wherever it points. */
  context?: string;
  /** Asked before a context takes the place of what there is; throws where it must not. */
  accept?: (kubeconfig: string, context: string) => Promise<void>;
  log: (line: string) => void;
  /** Finds the programs. @default the tools of this project */
  binaries?: Binaries;
  /** Finds kubectl. @default the tool of this project */
  kubectl?: () => Promise<string>;
  /** Gets kind where a container engine answers and nothing is there to use it. @default the tool of this project */
  fetchKind?: () => Promise<unknown>;
  /** Runs commands. @default for real */
  run?: Run;
}

/** Makes the cluster be there, whatever state it is in, and says which one and why. */
export async function clusterUp({ name, context, log, run: given, ...options }: ClusterUpOptions): Promise<Cluster> {
  // What is chosen follows from what its user installed; kind of this project's own counts only where it makes the cluster.
  const [run, look] = [given ?? runCommand, given ?? runOnPath];
  if (!/^[a-z][a-z0-9-]{0,30}$/.test(name)) {
    throw new UserError(`${JSON.stringify(name)} cannot name a cluster`, "Up to 31 small letters, digits and hyphens, a letter first.");
  }
  return exclusively(name, log, async () => {
    const record = readRecord(name);
    if (context || record?.kind === "context") await contextUp(name, context, record, log, run, options);
    else {
      const made = record && wasMade(record) ? record : undefined;
      const fetchKind = options.fetchKind ?? ownKind(log);
      const choice = (made as Choice | undefined) ?? (await chooseCluster(look, { log, fetchKind }));
      log(`cluster ${name}: ${choice.kind}, ${made ? "as it was made, when" : "because"} ${choice.why}`);
      const embedded = (why: string) => embeddedUp(name, why, options.binaries ?? ownTools(log), log);
      if (choice.kind === "embedded") {
        if (made) await sayWhatIsPossible(look, log);
        await embedded(choice.why);
      } else {
        await endComponents(record);
        if (made?.kind === "kind") await kindBack(run, fetchKind);
        await containersUp(name, choice, run, log).catch(async (error: unknown) => {
          if (!choice.fetched || !(error instanceof UserError) || readRecord(name)) throw error;
          const why = `kind could not make a cluster: ${firstLine(error.message, 160)}`;
          log(`cluster ${name}: embedded, because ${error.message}`);
          await embedded(why);
        });
      }
    }
    return clusterOf(name, readRecord(name)!);
  });
}

/** The kind that a cluster was made with may have gone with the cache. */
const kindBack = async (run: Run, fetch: () => Promise<unknown>) => void ((await run("kind", ["version"])).code === 127 && (await fetch()));

/** An embedded cluster holds stores, so it is never dropped unasked; but whoever made it for want of an engine hears of one. */
async function sayWhatIsPossible(run: Run, log: (line: string) => void): Promise<void> {
  const now = await chooseCluster(run);
  if (now.kind === "embedded") return;
  log(`${now.engine === "docker" ? "Docker" : "Podman"} answers now. For shops that serve pages, give up this cluster with its stores: ${storesCommand("cluster reset")} && ${storesCommand("cluster up")} && ${storesCommand("apply")}`);
}

/** An embedded cluster that never worked holds nothing: the kind may be chosen anew, as an engine may answer by now. */
const wasMade = ({ kind, version }: ClusterRecord) => kind !== "embedded" || version !== undefined;

/** Uses a context of the user's kubeconfig: the one named now, or the one of the last time if it is on this machine. */
async function contextUp(
  name: string, named: string | undefined, record: ClusterRecord | undefined, log: (line: string) => void, run: Run, { kubectl = ownKubectl(log), accept }: Pick<ClusterUpOptions, "kubectl" | "accept">,
): Promise<void> {
  const context = named ?? record!.context;
  const program = await kubectl();
  const { kubeconfig, server } = extractContext(name, context);
  if (!named) refuseUnlessLocal(context, server);
  const answer = await run(program, ["--kubeconfig", kubeconfig, "version", "--request-timeout=10s"], { timeout: 15_000 });
  if (answer.code !== 0) throw new UserError(`context ${context} (${server}) does not answer: ${answer.stderr.trim()}`, undefined, "cluster-unreachable");
  await accept?.(kubeconfig, context).catch((error) => {
    if (record?.kubeconfig !== kubeconfig) rmSync(kubeconfig, { force: true });
    throw error;
  });
  if (record?.kind === "embedded" && componentNames.some((component) => isRunning(record, component))) {
    log(`cluster ${name}: the embedded one ends; what it holds stays on disk`);
    await endComponents(record);
  }
  if (record?.kind === "context" && record.context !== context) letGo(name, record);
  const why = named ? "it was named" : "it was named before and is on this machine";
  writeRecord(name, { kind: "context", context, kubeconfig, why: "it was named" });
  log(`cluster ${name}: context ${context}, because ${why}`);
}

function clusterOf(name: string, { kind, context, kubeconfig, why, engine, ingressPorts }: ClusterRecord): Cluster {
  return { kind, name, context, kubeconfig, why, simulated: kind === "embedded", ...(engine && { engine }), ...(ingressPorts && { ingressPorts }) };
}

/**
 * Ends the cluster's processes or containers; what it holds stays. A context is only let go of. Says whether there
 * was anything to end.
 */
export async function clusterDown(name: string, log: (line: string) => void = () => {}, run: Run = runCommand): Promise<boolean> {
  return exclusively(name, log, async () => {
    const record = readRecord(name);
    if (!record) return false;
    if (record.kind === "context") letGo(name, record);
    else if (record.kind !== "embedded") await containersDown(name, record, run);
    else {
      const had = componentNames.some((component) => isRunning(record, component));
      await endComponents(record);
      writeRecord(name, { ...record, processes: {} });
      return had;
    }
    return true;
  });
}

/** Ends the cluster and removes all that it holds (of a context: only what is known of it). `clusterUp` chooses anew. */
export async function clusterReset(name: string, log: (line: string) => void = () => {}, run: Run = runCommand, fetchKind: () => Promise<unknown> = ownKind(log)): Promise<void> {
  await exclusively(name, log, async () => {
    const record = readableRecord(name);
    if (record?.kind === "kind") await kindBack(run, fetchKind);
    if (record?.kind === "kind" || record?.kind === "k3d") await containersDelete(name, record, run);
    else await endComponents(record);
    rmSync(clusterFolder(name), { recursive: true, force: true });
  });
}

/** Forgets a context, with the copy of its credentials. */
function letGo(name: string, { context, kubeconfig }: ClusterRecord): void {
  forgetRecord(name);
  rmSync(kubeconfig, { force: true });
  forgetContext(name, context);
}

/** A damaged record is what a reset gets rid of. */
function readableRecord(name: string): ClusterRecord | undefined {
  try {
    return readRecord(name);
  } catch {
    return undefined;
  }
}

/**
 * The cluster that is up under this name, if its API answers; starts nothing.
 * @param named a context to take, whatever was brought up; nothing is recorded of it
 */
export async function currentCluster(name: string, named?: string): Promise<Cluster | undefined> {
  const record = recordOf(name, readRecord(name), named);
  if (!record || !existsSync(record.kubeconfig)) return undefined;
  const kubeconfig = record.kind === "context" ? renewContext(name, record.context, record.kubeconfig) : record.kubeconfig;
  return (await (await Kube.open(kubeconfig, record.context, 5000)).answers()) ? clusterOf(name, { ...record, kubeconfig }) : undefined;
}

/** How the cluster of this name is reached, whether or not it answers: `context "kind-shops" at https://127.0.0.1:6443`. */
export async function whereaboutsOf(name: string, named?: string): Promise<string | undefined> {
  const record = recordOf(name, readableRecord(name), named);
  if (!record || !existsSync(record.kubeconfig)) return undefined;
  const { context, server } = await Kube.open(record.kubeconfig, record.context);
  return `context "${context}" at ${server}`;
}

/** What was brought up, or a named context as it would be recorded. */
function recordOf(name: string, record: ClusterRecord | undefined, named: string | undefined): ClusterRecord | undefined {
  if (named === undefined || record?.context === named) return record;
  return { kind: "context", context: named, kubeconfig: extractContext(name, named).kubeconfig, why: "it was named" };
}

/** The context that was named for this cluster, whether or not it answers. */
export function knownContext(name: string): string | undefined {
  const record = readableRecord(name);
  return record?.kind === "context" ? record.context : undefined;
}

const exclusively = <T>(name: string, log: (line: string) => void, work: () => Promise<T>) =>
  withLock(`${clusterFolder(name)}.lock`, (pid) => log(`waiting for process ${pid}, which is working on cluster ${name}`), work);

const ownTools = (log: (line: string) => void): Binaries => (tools) => ensureTools([...tools], log);

const ownKind = (log: (line: string) => void) => () => ensureTools(["kind"], log);

const ownKubectl = (log: (line: string) => void) => async () => (await ensureTools(["kubectl"], log)).kubectl;

import { rmSync } from "node:fs";
import { UserError } from "../../config/errors";
import { clusterFolder } from "../paths";
import { ensureTools } from "../tools";
import { isReady } from "./api";
import { chooseCluster } from "./choose";
import { componentNames } from "./components";
import { containerContext, containersDelete, containersDown, containersUp, ingressPorts, type ContainerCluster } from "./containers";
import { contextFile, extractContext } from "./context";
import { embeddedUp, endComponents, isRunning, type Binaries } from "./embedded";
import { withLock } from "./lock";
import { readRecord, writeRecord, type ClusterRecord } from "./record";
import { run as runCommand, type Run } from "./run";

export { clusterStatus, type ClusterStatus } from "./status";
export { isLocalContext } from "./context";
export { testClusterLabel } from "./seed";

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
  /** Where the ingress answers on this machine (kind and k3d). */
  ingressPorts?: { http: number; https: number };
}

export interface ClusterUpOptions {
  name: string;
  /** A context named in the settings or on the command line: used as it is, wherever it points. */
  context?: string;
  log: (line: string) => void;
  /** Finds the programs. @default the tools of this project */
  binaries?: Binaries;
  /** Runs commands. @default for real */
  run?: Run;
}

/** The cluster to use when none is named. */
export const defaultClusterName = () => process.env.STOREFLEET_CLUSTER || "local";

/** Makes the cluster be there, whatever state it is in, and says which one and why. */
export async function clusterUp({ name, context, log, run = runCommand, ...options }: ClusterUpOptions): Promise<Cluster> {
  if (!/^[a-z][a-z0-9-]{0,30}$/.test(name)) {
    throw new UserError(`${JSON.stringify(name)} cannot name a cluster`, "Up to 31 small letters, digits and hyphens, a letter first.");
  }
  if (context) return useContext(name, context, log, run);
  return exclusively(name, log, async () => {
    const record = readRecord(name);
    const choice = record ?? (await chooseCluster(run));
    log(`cluster ${name}: ${choice.kind}, because ${choice.why}`);
    if (choice.kind === "embedded") await embeddedUp(name, choice.why, options.binaries ?? ownTools(log), log);
    else {
      const engine = choice.engine ?? "docker";
      const cluster: ContainerCluster = { kind: choice.kind, engine, ingressPorts: record?.ingressPorts ?? (await ingressPorts(engine)) };
      // Recorded first: what is half created is found again, and can be reset.
      const next: ClusterRecord = {
        ...cluster, why: choice.why, context: containerContext(choice.kind, name), kubeconfig: contextFile(name, containerContext(choice.kind, name)),
      };
      writeRecord(name, next);
      await containersUp(name, cluster, run, log);
    }
    return clusterOf(name, readRecord(name)!);
  });
}

async function useContext(name: string, context: string, log: (line: string) => void, run: Run): Promise<Cluster> {
  const kubectl = (await ensureTools(["kubectl"], log)).kubectl;
  const { kubeconfig, server } = await extractContext(run, kubectl, name, context);
  const answer = await run(kubectl, ["--kubeconfig", kubeconfig, "version", "--request-timeout=10s"], { timeout: 15_000 });
  if (answer.code !== 0) throw new UserError(`context ${context} (${server}) does not answer: ${answer.stderr.trim()}`);
  log(`cluster ${name}: context ${context}, because it was named`);
  return contextCluster(name, context);
}

const contextCluster = (name: string, context: string): Cluster => ({
  kind: "context", name, context, kubeconfig: contextFile(name, context), why: "it was named", simulated: false,
});

function clusterOf(name: string, { kind, context, kubeconfig, why, ingressPorts: ports }: ClusterRecord): Cluster {
  return { kind, name, context, kubeconfig, why, simulated: kind === "embedded", ...(ports ? { ingressPorts: ports } : {}) };
}

/** Ends the cluster's processes or containers; what it holds stays. Says whether there was anything to end. */
export async function clusterDown(name: string, log: (line: string) => void = () => {}, run: Run = runCommand): Promise<boolean> {
  return exclusively(name, log, async () => {
    const record = readRecord(name);
    if (!record) return false;
    if (record.kind !== "embedded") return containersDown(name, asContainers(record), run).then(() => true);
    const had = componentNames.some((component) => isRunning(record, component));
    await endComponents(record);
    writeRecord(name, { ...record, processes: {} });
    return had;
  });
}

/** Ends the cluster and removes all that it holds. The next `clusterUp` chooses anew. */
export async function clusterReset(name: string, log: (line: string) => void = () => {}, run: Run = runCommand): Promise<void> {
  await exclusively(name, log, async () => {
    const record = readRecord(name);
    if (record && record.kind !== "embedded") await containersDelete(name, asContainers(record), run);
    else await endComponents(record);
    rmSync(clusterFolder(name), { recursive: true, force: true });
  });
}

/**
 * The cluster that is up under this name, if its API answers; starts nothing. A named context counts only once
 * `clusterUp` has been given it, and only when it is named again here.
 */
export async function currentCluster(name: string, context?: string): Promise<Cluster | undefined> {
  const record = readRecord(name);
  const cluster = context ? contextCluster(name, context) : record && clusterOf(name, record);
  if (!cluster) return undefined;
  return (await isReady(cluster.kubeconfig)) ? cluster : undefined;
}

const asContainers = (record: ClusterRecord) =>
  ({ kind: record.kind, engine: record.engine, ingressPorts: record.ingressPorts }) as ContainerCluster;

const exclusively = <T>(name: string, log: (line: string) => void, work: () => Promise<T>) =>
  withLock(`${clusterFolder(name)}.lock`, (pid) => log(`waiting for process ${pid}, which is working on cluster ${name}`), work);

const ownTools = (log: (line: string) => void): Binaries => (tools) => ensureTools([...tools], log);

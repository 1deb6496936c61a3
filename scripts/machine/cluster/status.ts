import { join } from "node:path";
import { storesCommand } from "../../../config/stores-command";
import { Kube } from "../../../kube";
import { isAlive, memoryOf } from "../os/process";
import { clusterFolder } from "../paths";
import { readRecord } from "./cluster-record";
import { componentNames, layout } from "./embedded/components";
import { readNodes, type NodeState } from "./embedded/seed";

export interface ClusterStatus {
  name: string;
  /** `none`: nothing was ever brought up under this name. */
  kind: "context" | "kind" | "k3d" | "embedded" | "none";
  /** Whether the API server answers. */
  running: boolean;
  /** One line on what it is, and what is wrong with it. */
  note: string;
  why?: string;
  context?: string;
  kubeconfig?: string;
  /** Kubernetes version. */
  version?: string;
  processes: ProcessState[];
  nodes: NodeState[];
  simulated: boolean;
}

export interface ProcessState {
  name: string;
  state: "running" | "ended" | "not started";
  pid?: number;
  /** Resident memory in bytes. */
  memory?: number;
  log: string;
}

/** Looks at a cluster without changing anything. */
export async function clusterStatus(name: string): Promise<ClusterStatus> {
  const record = readRecord(name);
  const kind = record?.kind ?? "none";
  const processes: ProcessState[] = record?.kind !== "embedded" ? [] : componentNames.map((component) => {
    const one = record.processes?.[component];
    const alive = one !== undefined && isAlive(one);
    return {
      name: component,
      state: alive ? "running" : one ? "ended" : "not started",
      ...(alive ? { pid: one.pid, memory: memoryOf(one.pid) } : {}),
      log: join(layout(clusterFolder(name)).logs, `${component}.log`),
    };
  });
  const seen = record && (await look(record.kubeconfig));
  return {
    name, kind, running: seen !== undefined, note: noteOn(kind, seen !== undefined, processes),
    why: record?.why, context: record?.context, kubeconfig: record?.kubeconfig,
    version: seen?.version ?? record?.version, processes, nodes: seen?.nodes ?? [], simulated: kind === "embedded",
  };
}

/** Milliseconds: a status is wanted now, and no answer is one. */
const patience = 2000;

async function look(kubeconfig: string): Promise<{ version?: string; nodes: NodeState[] } | undefined> {
  try {
    const kube = await Kube.open(kubeconfig, undefined, patience);
    if (!(await kube.answers())) return undefined;
    // Those may be refused to this user.
    const [version, nodes] = await Promise.all([kube.text("/version").catch(() => undefined), readNodes(kube).catch(() => [])]);
    return { version: version && (JSON.parse(version) as { gitVersion: string }).gitVersion, nodes };
  } catch {
    return undefined; // no kubeconfig any more, or no context in it
  }
}

function noteOn(kind: ClusterStatus["kind"], running: boolean, processes: ProcessState[]): string {
  if (kind === "none") return `no cluster; to make one: ${storesCommand("cluster up")}`;
  if (kind !== "embedded") return running ? "running" : "its API server does not answer";
  const missing = processes.filter(({ state }) => state !== "running").map((one) => one.name);
  if (missing.length === processes.length) return `down; to start it: ${storesCommand("cluster up")}`;
  if (missing.length) return `damaged (${missing.join(", ")} ended); to repair it: ${storesCommand("cluster up")}`;
  if (!running) return `its API server does not answer; to repair it: ${storesCommand("cluster up")}`;
  return "running; pods are simulated: this proves provisioning, it serves no page";
}

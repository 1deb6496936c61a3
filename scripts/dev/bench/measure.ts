import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { until } from "../../machine/os/until";
import { cpuTime, markedProcesses, proportionalMemory, readStat, type Stat } from "./processes";

/** One phase of one contender, as one process to run. */
export interface Task {
  command: string;
  args: string[];
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** Gets what the task prints. */
  log: string;
}

export interface Measurement {
  code: number;
  seconds: number;
  /** Of the task and everything it started, however deep and however detached. */
  cpuSeconds: number;
  /** Highest sum of what those processes held at one moment, shared pages counted in parts. */
  peakBytes: number;
  /** The part of it that the task's first process held. */
  rootBytes: number;
}

const sampleInterval = 250;

/**
 * Runs a task and measures its whole tree of processes.
 *
 * The members are known by a mark in their environment, which a detached or orphaned process keeps: neither parents nor
 * sessions lead to all of them, and cgroups need rights that a user may not have. CPU time is what the kernel
 * handed up with each ended child, to the tick and however short-lived, plus the last seen time of orphans, which
 * hand theirs to init instead. Memory is sampled.
 */
export async function measure(task: Task, mark: string, signal: AbortSignal): Promise<Measurement> {
  const before = readStat(process.pid)?.childrenTime ?? 0;
  const orphans = new Map<string, number>();
  let peak = { peakBytes: 0, rootBytes: 0 };
  let root = 0;
  const sample = () => {
    const tree = markedProcesses(mark);
    const pids = new Set(tree.map(({ pid }) => pid));
    for (const member of tree) {
      if (member.pid !== root && !pids.has(member.parent)) orphans.set(identity(member), cpuTime(member));
    }
    const held = new Map(tree.map(({ pid }) => [pid, proportionalMemory(pid)]));
    const peakBytes = [...held.values()].reduce((sum, bytes) => sum + bytes, 0);
    if (peakBytes > peak.peakBytes) peak = { peakBytes, rootBytes: held.get(root) ?? 0 };
  };

  const started = performance.now();
  const log = openSync(task.log, "a", 0o600);
  // A group of its own: a terminal's Ctrl-C is for the benchmark, which ends everything itself.
  const child = spawn(task.command, task.args, { cwd: task.cwd, env: task.env, stdio: ["ignore", log, log], detached: true });
  closeSync(log);
  root = child.pid ?? 0;
  const timer = setInterval(sample, sampleInterval);
  try {
    const [status] = (await once(child, "exit", { signal })) as [number | null];
    const seconds = (performance.now() - started) / 1000;
    await settled(mark, sample);
    const ended = (readStat(process.pid)?.childrenTime ?? 0) - before;
    const orphaned = [...orphans.values()].reduce((sum, time) => sum + time, 0);
    return { code: status ?? 1, seconds, cpuSeconds: ended + orphaned, ...peak };
  } finally {
    clearInterval(timer);
  }
}

/** What a task leaves behind, such as a provider on its way out, still costs. */
async function settled(mark: string, sample: () => void): Promise<void> {
  await until(() => markedProcesses(mark).length === 0 || (sample(), false), { within: 10_000, every: 100 });
}

/** Pids are used again. */
const identity = ({ pid, startTime }: Stat) => `${pid} ${startTime}`;

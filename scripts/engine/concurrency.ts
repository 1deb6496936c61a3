import { readFileSync } from "node:fs";
import { availableParallelism, freemem, totalmem } from "node:os";

/** Peak memory of one store in flight: worker, CLI and two providers. Measured; see docs/performance.md. */
export const memoryPerStore = 450 * 1024 * 1024;
const memoryToSpare = 512 * 1024 * 1024;

const fitting = (memory: number) => Math.max(1, Math.floor((memory - memoryToSpare) / memoryPerStore));

/**
 * How many stores at a time: an operation waits for pods half its life, so somewhat more than the cores, as far as memory
 * goes. What was asked for is asked for.
 */
export function concurrencyFor(requested?: number, cores = availableParallelism(), memory = availableMemory()): number {
  return requested ?? Math.min(cores * 2, fitting(memory));
}

/** Deleting is mostly waiting for the namespace to go: twice as many as for changes. */
export const deletionConcurrency = (requested?: number) => requested ?? Math.min(2 * concurrencyFor(), fitting(availableMemory()));

/** What to say of a number that was asked for, if memory hardly holds so many stores. */
export function tooMany(requested: number | undefined, memory = availableMemory()): string | undefined {
  if (requested === undefined || requested <= fitting(memory)) return undefined;
  const free = (memory / 1024 ** 3).toFixed(1);
  return `--concurrency ${requested} may be too much: ${free} GiB of memory are free, and a store takes ${memoryPerStore / 1024 ** 2} MiB (${fitting(memory)} would fit)`;
}

/** Where memory is told. */
export interface MemorySources {
  platform: NodeJS.Platform;
  /** Bytes in the machine. */
  total: number;
  /** Bytes that this process may still take, as its cgroup has it where there is one. */
  available: number;
  /** The text of a file of the system; undefined if there is none. */
  read: (file: string) => string | undefined;
}

const here = (): MemorySources => ({ platform: process.platform, total: totalmem(), available: process.availableMemory?.() ?? freemem(), read });

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

/** Bytes that can be had without swapping, by the machine and by the container that this may run in. */
export function availableMemory({ platform, total, available, read }: MemorySources = here()): number {
  // macOS keeps hardly a page free, and compresses before it swaps.
  if (platform === "darwin") return total / 2;
  const onMachine = /^MemAvailable:\s+(\d+) kB/m.exec(read("/proc/meminfo") ?? "")?.[1];
  if (onMachine === undefined) return available;
  // To a container's limit files count that were only read or written, which give way.
  const givesWay = /^inactive_file (\d+)/m.exec(read("/sys/fs/cgroup/memory.stat") ?? "")?.[1] ?? 0;
  return Math.min(Number(onMachine) * 1024, available + Number(givesWay));
}

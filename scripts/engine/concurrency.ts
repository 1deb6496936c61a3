import { cpus, freemem } from "node:os";
import { readFileSync } from "node:fs";

/** Peak memory of one store in flight: worker, CLI and two providers. Measured; see docs/performance.md. */
export const memoryPerStore = 450 * 1024 * 1024;
const memoryToSpare = 512 * 1024 * 1024;

/** How many stores at a time: an operation waits for pods half its life, so somewhat more than the cores. */
export function concurrencyFor(requested?: number, cores = cpus().length, memory = availableMemory()): number {
  const fits = Math.floor((memory - memoryToSpare) / memoryPerStore);
  return Math.max(1, Math.min(requested ?? cores * 2, fits));
}

/** Deleting is mostly waiting for the namespace to go: twice as many as for changes. */
export const deletionConcurrency = (requested?: number) => concurrencyFor(requested ?? 2 * concurrencyFor());

/** What can be had without swapping; `freemem` alone would leave out the page cache. */
function availableMemory(): number {
  try {
    const kib = /^MemAvailable:\s+(\d+) kB/m.exec(readFileSync("/proc/meminfo", "utf8"))?.[1];
    return kib ? Number(kib) * 1024 : freemem();
  } catch {
    return freemem();
  }
}

/** Calls `work` for every item, at most `limit` at a time; starts no further one once `signal` is aborted. */
export async function forEachLimited<T>(items: readonly T[], limit: number, signal: AbortSignal, work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  const lane = async () => {
    for (const item of queue) {
      if (signal.aborted) return;
      await work(item);
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, lane));
}

import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

/** Whether a process of this host runs (one that has ended but was not yet reaped does not). */
export function processAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
  return !isZombie(pid);
}

function isZombie(pid: number): boolean {
  try {
    return /^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

/** Whether the process ended within `limit` milliseconds. */
export async function waitForExit(pid: number, limit: number): Promise<boolean> {
  const end = Date.now() + limit;
  while (processAlive(pid)) {
    if (Date.now() > end) return false;
    await delay(50);
  }
  return true;
}

import { linkSync, mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Log } from "./place";

/** A holder touches its lock this often; one that has not for `staleSeconds` is gone, whatever has its pid now. */
const beatSeconds = 5;
const staleSeconds = 60;

const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
};

/** The process that holds the lock, or undefined when none does any more. */
function holderOf(file: string): number | undefined {
  try {
    const pid = Number(readFileSync(file, "utf8"));
    const age = (Date.now() - statSync(file).mtimeMs) / 1000;
    return pid > 0 && isAlive(pid) && age < staleSeconds ? pid : undefined;
  } catch {
    return undefined;
  }
}

function take(file: string): boolean {
  // A link appears with its content, so that nobody ever reads a lock without a pid.
  const own = `${file}.${process.pid}`;
  writeFileSync(own, String(process.pid));
  try {
    linkSync(own, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(own, { force: true });
  }
}

/**
 * Runs `work` while no other process of this machine does the same. A second one waits and says so; the lock of a
 * dead process is broken. Should two break one at the same moment, both work: what they make is put in place
 * atomically, so that this costs time only.
 */
export async function withLock<T>(file: string, what: string, log: Log, work: () => Promise<T>): Promise<T> {
  mkdirSync(dirname(file), { recursive: true });
  const started = Date.now();
  let nextWord = 0;
  while (!take(file)) {
    const holder = holderOf(file);
    if (holder === undefined) {
      rmSync(file, { force: true });
      continue;
    }
    const waited = (Date.now() - started) / 1000;
    if (waited >= nextWord) {
      log(`waiting for process ${holder}, which is getting ${what}${waited < 1 ? "" : ` (${Math.round(waited)} s so far)`}`);
      nextWord = waited + 20;
    }
    await sleep(300);
  }
  const beat = setInterval(() => {
    try {
      utimesSync(file, new Date(), new Date());
    } catch {
      // Broken by someone who took us for dead; the work ends all the same.
    }
  }, beatSeconds * 1000);
  try {
    return await work();
  } finally {
    clearInterval(beat);
    rmSync(file, { force: true });
  }
}

import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { identityOf, isAlive, type ProcessRecord } from "./process";

/** Whoever waits says so at once, and then this far apart (milliseconds). */
const wordInterval = 20_000;

/**
 * Runs `work` while no other process (or call) holds the same lock file. A dead holder's lock is taken over.
 * `waiting` is told the holder's pid, and for how many milliseconds it has been waited for.
 */
export async function withLock<T>(file: string, waiting: (holder: number, waited: number) => void, work: () => Promise<T>): Promise<T> {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const mine = `${file}.${process.pid}.${++calls}`;
  const me: ProcessRecord = { pid: process.pid, identity: identityOf(process.pid) ?? "" };
  writeFileSync(mine, JSON.stringify(me), { mode: 0o600 });
  try {
    const started = Date.now();
    for (let nextWord = started; !take(mine, file); ) {
      const holder = read(file);
      if (holder && !isAlive(holder)) breakLock(file, holder);
      else if (holder) {
        const now = Date.now();
        if (now >= nextWord) {
          waiting(holder.pid, now - started);
          nextWord = now + wordInterval;
        }
        await delay(50);
      }
    }
  } finally {
    rmSync(mine, { force: true });
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

let calls = 0;

/** A link appears whole or not at all, with its content: nobody ever reads a half-written lock. */
function take(mine: string, file: string): boolean {
  try {
    linkSync(mine, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function read(file: string): ProcessRecord | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as ProcessRecord;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Moves a dead holder's lock away. Should a third process have been faster, its fresh lock is put back. */
function breakLock(file: string, dead: ProcessRecord): void {
  const aside = `${file}.${process.pid}.stale`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  const moved = read(aside);
  if (moved && moved.identity !== dead.identity) take(aside, file);
  rmSync(aside, { force: true });
}

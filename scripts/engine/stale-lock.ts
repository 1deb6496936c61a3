import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import type { EnvironmentName } from "../../config/names";
import { withLock } from "../machine/os/lock";
import { isGone, placed, type PlacedProcess } from "../machine/os/placed-process";
import { environmentFolder } from "../machine/paths";
import { holdersIn } from "../machine/foreign-words";

/**
 * A process of the CLI that works on a stack, as the worker that started it notes it down. It goes when the process
 * ended well. What is left of one that was killed proves, to this machine alone, whose lock it is and that it is stale:
 * host names and process ids alone prove nothing, since machines, containers and users may share them.
 */
interface CliRecord extends PlacedProcess {
  host: string;
  startedAt: number;
}

const folderOf = (env: EnvironmentName) => join(environmentFolder(env), "running");
const prefixOf = (stack: string) => `${stack}@`;

/** Notes a process of the CLI down. Where that can not be written, its lock will be reported instead of broken. */
export function noteCli(env: EnvironmentName, stack: string, pid: number): void {
  const record: CliRecord = { ...placed(pid), host: hostname(), startedAt: Date.now() };
  try {
    mkdirSync(folderOf(env), { recursive: true, mode: 0o700 });
    writeFileSync(join(folderOf(env), `${prefixOf(stack)}${pid}`), JSON.stringify(record), { mode: 0o600 });
  } catch {
    // A full disk, which the CLI will tell of.
  }
}

/** The process ended: well, so that its own note goes with those of the dead, whose locks it would have met; or not. */
export function forgetCli(env: EnvironmentName, stack: string, pid: number, well: boolean): void {
  for (const [file, record] of recordsOf(env, stack)) if (record.pid === pid ? well : well && isGone(record)) rmSync(file, { force: true });
}

function recordsOf(env: EnvironmentName, stack: string): [string, CliRecord][] {
  let names: string[] = [];
  try {
    names = readdirSync(folderOf(env)).filter((name) => name.startsWith(prefixOf(stack)));
  } catch {
    // Nothing ran here yet.
  }
  return names.flatMap((name): [string, CliRecord][] => {
    const file = join(folderOf(env), name);
    try {
      return [[file, JSON.parse(readFileSync(file, "utf8")) as CliRecord]];
    } catch {
      return []; // half written by a process that was killed, or just removed
    }
  });
}

/** The CLI takes its lock soon after it started; its clock counts whole seconds. Milliseconds. */
const soon = 10 * 60_000;

/**
 * Breaks the locks that the CLI complains of, if each one is of a process that was started from here and is gone.
 * `cancel` takes them all away, a new one as well: one run after the other, and each looks for itself.
 */
export async function breakStaleLock(env: EnvironmentName, stack: string, complaint: string, cancel: () => Promise<void>): Promise<boolean> {
  const holders = holdersIn(complaint);
  const owned = () =>
    holders.map(({ host, pid, since }) =>
      recordsOf(env, stack).find(([, record]) => record.pid === pid && record.host === host && since >= record.startedAt - 1000 && since < record.startedAt + soon && isGone(record)),
    );
  if (holders.length === 0 || !owned().every(Boolean)) return false;
  await withLock(`${folderOf(env)}/${stack}.lock`, () => {}, async () => {
    const stale = owned();
    if (!stale.every((it) => it !== undefined)) return; // another run has just broken it
    await cancel();
    for (const [file] of stale) rmSync(file, { force: true });
  });
  return true;
}

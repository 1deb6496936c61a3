import { execFileSync, spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync, renameSync } from "node:fs";
import { UserError } from "../../../config/errors";
import { environmentFor } from "../../../config/variables";
import { until } from "./until";

/** A process of ours: its number alone is not proof, numbers are used again. */
export interface ProcessRecord {
  pid: number;
  /** When it started, in the system's own terms: with the number it names one process for good. */
  identity: string;
}

const bootId = () => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();

/** What tells a process from a later one with the same number; `undefined` when there is none (or only its remains). */
export function identityOf(pid: number): string | undefined {
  try {
    if (process.platform === "linux") {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      // The command's name stands in parentheses and may hold anything: count from the last one.
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return fields[0] === "Z" || fields[0] === "X" ? undefined : `${bootId()}/${fields[19]}`;
    }
    return startTold(pid);
  } catch {
    return undefined;
  }
}

/** When a process started, as `ps` has it. Without the caller's language and time zone, two of them would tell two times. */
export function startTold(pid: number): string | undefined {
  const [state, ...started] = execFileSync("ps", ["-o", "state=,lstart=", "-p", String(pid)], { encoding: "utf8", timeout: 10_000, env: environmentFor("program", { LC_ALL: "C", TZ: "UTC" }) })
    .trim()
    .split(/\s+/);
  return !state || state.startsWith("Z") ? undefined : started.join(" ");
}

/** Whether this very process is still there. */
export const isAlive = ({ pid, identity }: ProcessRecord) => identityOf(pid) === identity;

/** Whether any process has this number now; for a child of ours, whose number can not be anybody else's yet. */
export const isRunning = (pid: number) => identityOf(pid) !== undefined;

/** Whether the process ended within `limit` milliseconds. */
export const waitForExit = async (pid: number, limit: number): Promise<boolean> => (await until(() => !isRunning(pid), { within: limit, every: 50 })) === true;

/** Resident memory in bytes, where the system tells it cheaply. */
export function memoryOf(pid: number): number | undefined {
  try {
    const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return kib === undefined ? undefined : Number(kib) * 1024;
  } catch {
    return undefined;
  }
}

/** Starts a program that outlives us, in a session of its own, its output in a log file (the former log is kept). */
export function startDetached(program: string, args: string[], logFile: string, folder: string): ProcessRecord {
  if (existsSync(logFile)) renameSync(logFile, logFile.replace(/\.log$/, ".previous.log"));
  const log = openSync(logFile, "a", 0o600);
  try {
    const child = spawn(program, args, { cwd: folder, detached: true, stdio: ["ignore", log, log], env: environmentFor("detached") });
    child.on("error", () => {}); // the missing pid says it
    const identity = child.pid === undefined ? undefined : identityOf(child.pid);
    if (child.pid === undefined) throw new UserError(`cannot start ${program}`, "Is the file there and executable?");
    child.unref();
    return { pid: child.pid, identity: identity ?? "ended at once" };
  } finally {
    closeSync(log);
  }
}

/** Ends processes: asks, waits up to `patience` milliseconds, then insists. Whatever is not ours is left alone. */
export async function endProcesses(processes: ProcessRecord[], patience: number): Promise<void> {
  const signal = (name: NodeJS.Signals) => {
    for (const one of processes) {
      try {
        if (isAlive(one)) process.kill(one.pid, name);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
      }
    }
  };
  const ended = (within: number) => until(() => !processes.some(isAlive), { within, every: 20 });
  signal("SIGTERM");
  if (await ended(patience)) return;
  signal("SIGKILL");
  if (!(await ended(5000))) {
    throw new Error(`processes ${processes.filter(isAlive).map(({ pid }) => pid).join(", ")} do not end`);
  }
}

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { UserError } from "../../../config/errors";
import { environmentFor, type ChildKind } from "../../../config/variables";

export interface RunResult {
  /** 127: there is no such command. 124: it took too long. 130: it was cancelled; `stderr` says so. */
  code: number;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  /**
   * The command is ended when it takes longer than this (milliseconds).
   * @default half an hour
   */
  timeout?: number;
  /** Ends the command when it is aborted. */
  signal?: AbortSignal;
  cwd?: string;
  /** On top of what it inherits. */
  env?: NodeJS.ProcessEnv;
  /**
   * What of our environment it gets.
   * @default all
   */
  inherits?: ChildKind;
  /** Told every line that the command writes, while it runs. */
  onLine?: (line: string) => void;
}

/** Runs a command to its end. Injected wherever a decision hangs on what commands say, so that tests can decide it. */
export type Run = (command: string, args: string[], options?: RunOptions) => Promise<RunResult>;

/** What a command may say, in characters; one that says more is ended. */
const outputLimit = 64 * 1024 ** 2;
/** A command that was asked to end may take so long (milliseconds). */
const grace = 3000;

/**
 * Runs a command in a process group of its own, so that what it has started ends with it. It reads nothing. It ends when it takes
 * too long, when `signal` is aborted, and with this process.
 */
export const run: Run = (command, args, { timeout = 1_800_000, signal, cwd, env, inherits = "program", onLine } = {}) =>
  new Promise((resolve) => {
    if (signal?.aborted) return resolve({ code: 130, stdout: "", stderr: "cancelled" });
    const child = spawn(command, args, { cwd, env: environmentFor(inherits, env), stdio: ["ignore", "pipe", "pipe"], detached: true });
    const { pid } = child;
    const said = { stdout: "", stderr: "" };
    let verdict: { code: number; remark: string } | undefined;
    let insist: NodeJS.Timeout | undefined;
    const end = (code: number, remark: string) => {
      if (verdict || pid === undefined) return;
      verdict = { code, remark };
      tellGroup(pid, "SIGTERM");
      insist = setTimeout(() => tellGroup(pid, "SIGKILL"), grace);
    };
    const limit = setTimeout(() => end(124, `no end after ${timeout / 1000} s: given up\n`), timeout);
    const cancel = () => end(130, "cancelled");
    const finish = (code: number) => {
      clearTimeout(limit);
      clearTimeout(insist);
      signal?.removeEventListener("abort", cancel);
      if (pid !== undefined) forget(pid);
      // One that came to its end all the same has done what it was to do.
      if (!verdict || code === 0) return resolve({ code, ...said });
      resolve({ code: verdict.code, stdout: said.stdout, stderr: verdict.code === 130 ? verdict.remark : verdict.remark + said.stderr });
    };
    if (pid !== undefined) remember(pid);
    signal?.addEventListener("abort", cancel, { once: true });
    child.on("error", (error: NodeJS.ErrnoException) => {
      said.stderr ||= error.message;
      finish(error.code === "ENOENT" ? 127 : 126);
    });
    child.on("close", (code) => finish(code ?? 1));
    for (const name of ["stdout", "stderr"] as const) {
      child[name].setEncoding("utf8").on("data", (text: string) => {
        if (said[name].length + text.length > outputLimit) end(1, `it said more than ${outputLimit / 1024 ** 2} MiB: given up\n`);
        else said[name] += text;
      });
      if (onLine) createInterface({ input: child[name] }).on("line", onLine);
    }
  });

/** Commands under way, by the number of their process group. */
const groups = new Set<number>();
const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

function tellGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // It ended by itself.
  }
}

/** A terminal's Ctrl-C does not reach a group of its own: where nobody else takes the signal, it is passed on and ends us, as it would have. */
function onSignal(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) > 1) return;
  for (const pid of groups) tellGroup(pid, signal);
  process.off(signal, onSignal);
  process.kill(process.pid, signal);
}

const onExit = () => groups.forEach((pid) => tellGroup(pid, "SIGTERM"));

function remember(pid: number): void {
  groups.add(pid);
  if (groups.size > 1) return;
  for (const signal of signals) process.on(signal, onSignal);
  process.on("exit", onExit);
}

function forget(pid: number): void {
  if (!groups.delete(pid) || groups.size > 0) return;
  for (const signal of signals) process.off(signal, onSignal);
  process.off("exit", onExit);
}

/** What a command said that had to succeed. */
export function expectSuccess(what: string, { code, stdout, stderr }: RunResult): string {
  if (code !== 0) throw new UserError(`${what} failed: ${stderr.trim() || stdout.trim() || `exit code ${code}`}`);
  return stdout;
}

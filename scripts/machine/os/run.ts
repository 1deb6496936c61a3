import { execFile } from "node:child_process";
import { createInterface } from "node:readline";
import { UserError } from "../../../config/errors";
import { environmentFor } from "../../../config/variables";

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
  env?: Record<string, string>;
  /** Told every line that the command writes, while it runs. */
  onLine?: (line: string) => void;
}

/** Runs a command to its end. Injected wherever a decision hangs on what commands say, so that tests can decide it. */
export type Run = (command: string, args: string[], options?: RunOptions) => Promise<RunResult>;

export const run: Run = (command, args, { timeout = 1_800_000, signal, cwd, env, onLine } = {}) =>
  new Promise((resolve) => {
    const options = { timeout, signal, cwd, env: environmentFor("program", env), maxBuffer: 64 * 1024 ** 2, killSignal: "SIGKILL" as const };
    const child = execFile(command, args, options, (error, stdout, stderr) => {
      if (signal?.aborted && error) return resolve({ code: 130, stdout, stderr: "cancelled" });
      if (error?.killed) return resolve({ code: 124, stdout, stderr: `no end after ${timeout / 1000} s: given up\n${stderr}` });
      const code = !error ? 0 : error.code === "ENOENT" ? 127 : typeof error.code === "number" ? error.code : 1;
      resolve({ code, stdout, stderr });
    });
    if (!onLine) return;
    for (const input of [child.stdout, child.stderr]) if (input) createInterface({ input }).on("line", onLine);
  });

/** What a command said that had to succeed. */
export function expectSuccess(what: string, { code, stdout, stderr }: RunResult): string {
  if (code !== 0) throw new UserError(`${what} failed: ${stderr.trim() || stdout.trim() || `exit code ${code}`}`);
  return stdout;
}

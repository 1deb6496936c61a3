import { execFile } from "node:child_process";
import { createInterface } from "node:readline";
import { UserError } from "../../config/errors";

export interface RunResult {
  /** 127: there is no such command. 124: it took too long. */
  code: number;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  timeout?: number;
  env?: Record<string, string>;
  /** Told every line that the command writes, while it runs. */
  onLine?: (line: string) => void;
}

/** Runs a command to its end. Injected wherever a decision hangs on what commands say, so that tests can decide it. */
export type Run = (command: string, args: string[], options?: RunOptions) => Promise<RunResult>;

export const run: Run = (command, args, options = {}) =>
  new Promise((resolve) => {
    const env = { ...process.env, ...options.env };
    const child = execFile(command, args, { timeout: options.timeout, env, maxBuffer: 64 * 1024 ** 2 }, (error, stdout, stderr) => {
      const code = !error ? 0 : error.code === "ENOENT" ? 127 : error.killed ? 124 : typeof error.code === "number" ? error.code : 1;
      resolve({ code, stdout, stderr });
    });
    if (!options.onLine) return;
    for (const input of [child.stdout, child.stderr]) if (input) createInterface({ input }).on("line", options.onLine);
  });

/** What a command said that had to succeed. */
export function expectSuccess(what: string, { code, stdout, stderr }: RunResult): string {
  if (code !== 0) throw new UserError(`${what} failed: ${stderr.trim() || stdout.trim() || `exit code ${code}`}`);
  return stdout;
}

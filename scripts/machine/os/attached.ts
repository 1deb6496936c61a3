import { spawn } from "node:child_process";
import { constants } from "node:os";

/** Runs a command with this process's own standard streams: Ctrl-C is its own. Returns its exit code; 128 and the signal's number where one ended it. */
export function runAttached(command: string, args: string[]): Promise<number> {
  const interrupted = () => undefined;
  const ended = () => child.kill("SIGTERM");
  process.on("SIGINT", interrupted).on("SIGTERM", ended);
  const child = spawn(command, args, { stdio: "inherit" });
  return new Promise<number>((resolve, reject) => {
    child.on("error", reject).on("close", (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
  }).finally(() => process.off("SIGINT", interrupted).off("SIGTERM", ended));
}

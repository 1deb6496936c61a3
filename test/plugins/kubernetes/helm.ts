import { spawn, type ChildProcess } from "node:child_process";
import type { Values } from "../shared/values";

/** The helm processes of this plugin, so that they end with it. */
const running = new Set<ChildProcess>();

export class HelmError extends Error {}

/** Settings of the user's own helm would reach into releases that Pulumi manages; only these count. */
function environment(driver: string): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^HELM_(KUBE|NAMESPACE|DEBUG|DRIVER|MAX_HISTORY)/.test(name));
  return { ...Object.fromEntries(own), HELM_DRIVER: driver, HELM_BURST_LIMIT: "120", HELM_QPS: "50" };
}

/** What helm's last words mean, without what its command line puts around them. */
function reasonOf(stderr: string): string {
  const start = stderr.search(/^Error: /m);
  const text = start < 0 ? stderr : stderr.slice(start + "Error: ".length);
  return text.trim().replace(/^(INSTALLATION|UPGRADE) FAILED: /, "");
}

/** JSON, which helm reads as YAML: characters that are line breaks or errors there, and plain text in JSON, are escaped. */
function yamlOf(values: Values): string {
  return JSON.stringify(values).replace(/[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g, (it) => `\\u${it.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/**
 * Runs helm; values go to its standard input, where no process list and no file shows them.
 * @param driver where it keeps its records: `secret` or `configmap`
 */
export function helm(args: string[], driver: string, signal: AbortSignal, values?: Values): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn("helm", args, { env: environment(driver), stdio: ["pipe", "pipe", "pipe"] });
    running.add(child);
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (text) => (stdout += text));
    child.stderr.on("data", (text) => (stderr += text));
    // Helm answers SIGTERM by recording the release as failed, and then ends.
    const cancel = () => child.kill("SIGTERM");
    signal.addEventListener("abort", cancel);
    const ended = () => {
      running.delete(child);
      signal.removeEventListener("abort", cancel);
    };
    child.on("error", (error: NodeJS.ErrnoException) => {
      ended();
      reject(error.code === "ENOENT" ? new Error("the helm command is not on PATH; it installs the charts") : error);
    });
    child.on("close", (code, killedBy) => {
      ended();
      if (code === 0) resolve(stdout);
      else reject(new HelmError(reasonOf(stderr) || `helm ended with ${killedBy ?? `code ${code}`}`));
    });
    // Helm may end before it has read anything; its exit tells more than the broken pipe.
    child.stdin.on("error", () => undefined);
    child.stdin.end(values && yamlOf(values));
    if (signal.aborted) cancel();
  });
}

/** Settles when every helm process has ended. */
export async function helmEnded(): Promise<void> {
  await Promise.all([...running].map((child) => new Promise((resolve) => child.once("close", resolve))));
}

export function killHelm(): void {
  for (const child of running) child.kill("SIGKILL");
}

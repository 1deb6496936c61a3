import { run as runCommand, type Run } from "./run";

/** Milliseconds: it is for a remark only. */
const patience = 1500;

const script = `
const { lookup } = require("node:dns");
for (const host of process.argv.slice(1))
  lookup(host, { all: true }, (error, found) => process.stdout.write(JSON.stringify([host, error ? [] : found.map(({ address }) => address)]) + "\\n"));
`;

export type Resolve = (hosts: string[]) => Promise<Map<string, string[]>>;

/**
 * The addresses of hosts as programs of this machine find them, its hosts file included; none for one that is not found in time. In a process
 * of its own, since a look-up can not be cancelled, and would hold up the end of this one.
 */
export async function resolveHosts(hosts: string[], run: Run = runCommand): Promise<Map<string, string[]>> {
  const { stdout } = await run(process.execPath, ["-e", script, ...hosts], { timeout: patience, env: { UV_THREADPOOL_SIZE: "20" } });
  const whole = stdout.slice(0, stdout.lastIndexOf("\n") + 1).split("\n").filter(Boolean);
  return new Map(whole.map((line) => JSON.parse(line) as [string, string[]]));
}

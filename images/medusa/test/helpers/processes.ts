import { spawn, type ChildProcess, type SpawnOptions } from "node:child_process";
import { createServer, type AddressInfo } from "node:net";

const running = new Set<ChildProcess>();
process.on("exit", () => running.forEach((child) => child.kill("SIGKILL")));
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));

/** A child process, its output so far, and its end. Whatever still runs when the tests end is killed. */
export class Process {
  output = "";
  readonly ended: Promise<number | string>;
  private end: number | string | undefined;
  private readonly child: ChildProcess;

  constructor(file: string, args: string[], options: SpawnOptions = {}) {
    this.child = spawn(file, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    running.add(this.child);
    for (const stream of [this.child.stdout, this.child.stderr]) stream?.setEncoding("utf8").on("data", (text: string) => (this.output += text));
    this.ended = new Promise((resolve) => {
      this.child.once("error", (error) => resolve(error.message));
      this.child.once("close", (code, signal) => resolve(code ?? signal ?? "lost"));
    });
    void this.ended.then((end) => {
      this.end = end;
      running.delete(this.child);
    });
  }

  get isRunning(): boolean {
    return this.end === undefined;
  }

  /** Its output once it has ended well. */
  async success(): Promise<string> {
    const end = await this.ended;
    if (end !== 0) throw new Error(`${this.child.spawnargs.join(" ")} ended with ${end}:\n${this.output.slice(-4_000)}`);
    return this.output;
  }

  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<number | string> {
    if (this.isRunning) this.child.kill(signal);
    return this.ended;
  }
}

export const run = (file: string, args: string[], options?: SpawnOptions): Promise<string> => new Process(file, args, options).success();

/** What `check` finds, asked again and again until it is something or the time is over. */
export async function eventually<T>(what: string, check: () => Promise<T | undefined | false> | T | undefined | false, seconds = 60): Promise<T> {
  const deadline = Date.now() + seconds * 1_000;
  for (;;) {
    const found = await check();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > deadline) throw new Error(`waited ${seconds} s in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { eventually, freePort, Process, run } from "./processes";

const password = "test-redis-password";

/** Redis from Debian's package with a password, in a folder of its own, on loopback. */
export class Redis {
  private server: Process | undefined;
  private constructor(
    private readonly folder: string,
    readonly port: number,
  ) {}

  static async start(parent: string): Promise<Redis> {
    const folder = join(parent, "redis");
    mkdirSync(folder);
    const redis = new Redis(folder, await freePort());
    await redis.resume();
    return redis;
  }

  async resume(): Promise<void> {
    const args = ["--port", String(this.port), "--bind", "127.0.0.1", "--dir", this.folder, "--appendonly", "yes", "--save", "", "--requirepass", password];
    const server = (this.server = new Process("redis-server", args, { cwd: this.folder }));
    await eventually("Redis to answer", async () => {
      if (!server.isRunning) throw new Error(server.output);
      return (await this.command("PING")).includes("PONG");
    });
  }

  async stop(): Promise<void> {
    await this.server?.stop();
  }

  command(...words: string[]): Promise<string> {
    return run("redis-cli", ["-p", String(this.port), ...words], { env: { ...process.env, REDISCLI_AUTH: password } }).catch((error: Error) => error.message);
  }

  get url(): string {
    return `redis://:${password}@127.0.0.1:${this.port}`;
  }
}

import { execFileSync } from "node:child_process";
import { chownSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { eventually, freePort, Process, run } from "./processes";

/** Postgres from Debian's package in a folder of its own, on loopback. It refuses to run as root. */
export class Postgres {
  private server: Process | undefined;
  private constructor(
    private readonly folder: string,
    private readonly bin: string,
    private readonly user: { uid?: number; gid?: number },
    readonly port: number,
  ) {}

  /** In a new folder of `parent`; with `template`, on a copy of what a stopped one has left in that folder. */
  static async start(parent: string, template?: string): Promise<Postgres> {
    const versions = "/usr/lib/postgresql";
    const newest = readdirSync(versions).sort((a, b) => Number(b) - Number(a))[0]!;
    const idOf = (flag: string) => Number(execFileSync("id", [flag, "postgres"]));
    const user = process.getuid?.() === 0 ? { uid: idOf("-u"), gid: idOf("-g") } : {};
    const folder = join(parent, "postgres");
    const postgres = new Postgres(folder, join(versions, newest, "bin"), user, await freePort());
    if (template) {
      await run("cp", ["-a", join(template, "postgres"), folder]);
      await postgres.resume();
      return postgres;
    }
    mkdirSync(folder);
    if (user.uid !== undefined) chownSync(folder, user.uid, user.gid!);
    const init = ["-D", join(folder, "data"), "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "--auth=trust", "--no-sync"];
    await run(join(postgres.bin, "initdb"), init, { cwd: folder, ...user });
    await postgres.resume();
    // Like the chart's: the role owns its databases and is no superuser.
    await postgres.sql("postgres", "create role medusa login");
    return postgres;
  }

  async resume(): Promise<void> {
    // A client that was killed is noticed at once, even while its query waits.
    const noticed = "client_connection_check_interval=100ms";
    const settings = ["listen_addresses=127.0.0.1", `unix_socket_directories=${this.folder}`, "fsync=off", "max_connections=200", noticed];
    const args = ["-D", join(this.folder, "data"), "-p", String(this.port), ...settings.flatMap((setting) => ["-c", setting])];
    const server = (this.server = new Process(join(this.bin, "postgres"), args, { cwd: this.folder, ...this.user }));
    await eventually("Postgres to answer", async () => {
      if (!server.isRunning) throw new Error(server.output);
      return this.sql("postgres", "select 1").then(
        () => true,
        () => false,
      );
    });
  }

  /** Ends connections and server at once. */
  async stop(): Promise<void> {
    await this.server?.stop("SIGINT");
  }

  async create(database: string, template?: string): Promise<void> {
    await this.sql("postgres", `create database "${database}" owner medusa ${template ? `template "${template}"` : ""}`);
  }

  async drop(database: string): Promise<void> {
    await this.sql("postgres", `drop database "${database}" with (force)`);
  }

  url(database: string): string {
    return `postgres://medusa@127.0.0.1:${this.port}/${database}`;
  }

  /** Rows of a query, as psql prints them unaligned. */
  async sql(database: string, query: string): Promise<string[]> {
    const output = await run(join(this.bin, "psql"), this.psql(database, query));
    return output.split("\n").filter(Boolean);
  }

  /** A connection of its own that is at work until it is stopped. */
  session(database: string, query: string): Process {
    return new Process(join(this.bin, "psql"), this.psql(database, query));
  }

  private psql(database: string, query: string): string[] {
    return ["-XqAt", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", String(this.port), "-U", "postgres", "-d", database, "-c", query];
  }
}

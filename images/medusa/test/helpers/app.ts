import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { eventually, freePort, Process, run } from "./processes";
import { Postgres } from "./postgres";
import { Redis } from "./redis";

export const adminPassword = "test-admin-password";
export const list = {
  title: "Acme \"Café\" & <Söhne> $1 `x` 🎉",
  adminEmail: "admin@example.com",
  currency: "EUR",
  country: "DE",
  countries: ["DE", "AT"],
  accent: "#0a7d5c",
  shippingPrice: 4.9,
  products: [
    { name: "Sample Hoodie", sku: "SAMPLE-HOODIE", price: 49.99, stock: 100 },
    { name: "Sample Mug", sku: "SAMPLE-MUG", price: 9.99, stock: 500 },
    { name: "<b>\"It's\"</b> $HOME `id` 🎉", sku: "a/b_c.d-1", price: 0.1, stock: 0 },
  ],
};
export type List = typeof list;

const root = join(__dirname, "../..");

/** The application as the image holds it, with Postgres and Redis beside it, all in one folder that goes in the end. */
export class App {
  private constructor(
    readonly folder: string,
    private readonly tree: string,
    readonly postgres: Postgres,
    readonly redis: Redis,
  ) {}

  static async start(): Promise<App> {
    const folder = mkdtempSync(join(tmpdir(), "storefleet-medusa-"));
    // Postgres, when it is run as another user, has to get to its folder.
    await run("chmod", ["755", folder]);
    try {
      const tree = process.env.APP_TREE ?? join(folder, "app");
      if (!process.env.APP_TREE) await run("sh", [join(root, "assemble.sh"), tree]);
      return new App(folder, tree, await Postgres.start(folder), await Redis.start(folder));
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  async stop(): Promise<void> {
    await this.postgres.stop();
    await this.redis.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  medusa(args: string[], database: string, env: Record<string, string | undefined> = {}): Process {
    return new Process(join(this.tree, "node_modules/.bin/medusa"), args, {
      cwd: join(this.tree, ".medusa/server"),
      env: {
        PATH: process.env.PATH,
        NODE_ENV: "production",
        XDG_CONFIG_HOME: join(this.folder, "config"),
        MEDUSA_DISABLE_TELEMETRY: "true",
        DISABLE_ADMIN: "true",
        DATABASE_URL: this.postgres.url(database),
        REDIS_URL: this.redis.url,
        JWT_SECRET: "test-jwt-secret",
        COOKIE_SECRET: "test-cookie-secret",
        ...env,
      },
    });
  }

  async migrate(database: string): Promise<void> {
    await this.postgres.create(database);
    await this.medusa(["db:migrate", "--skip-scripts", "--execute-safe-links", "--execute-safe-search"], database).success();
    await this.medusa(["db:migrate:scripts"], database).success();
  }

  /** The seed, under a name by which its connections are known. */
  seed(database: string, changes: Partial<List> = {}): Process {
    const file = join(this.folder, `${database}.json`);
    writeFileSync(file, JSON.stringify({ ...list, ...changes }));
    return this.medusa(["exec", "./src/scripts/seed.js"], database, { SEED_FILE: file, ADMIN_PASSWORD: adminPassword, PGAPPNAME: "seed" });
  }

  /** A server or worker that listens, and its address. */
  async serve(mode: "server" | "worker", database: string, env: Record<string, string> = {}): Promise<{ process: Process; url: string }> {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const server = this.medusa(["start", "--host", "127.0.0.1"], database, {
      PORT: String(port),
      MEDUSA_WORKER_MODE: mode,
      DISABLE_ADMIN: String(mode === "worker"),
      COOKIE_INSECURE: "true",
      MEDUSA_BACKEND_URL: url,
      STORE_CORS: url,
      ADMIN_CORS: url,
      AUTH_CORS: url,
      ...env,
    });
    await eventually(`the ${mode} to listen`, async () => {
      if (!server.isRunning) throw new Error(server.output.slice(-4_000));
      return (await statusOf(`${url}/health`)) === 200;
    });
    return { process: server, url };
  }
}

/** The status of an answer; 0 where nobody listens or answers within 5 seconds. */
export const statusOf = (url: string): Promise<number> =>
  fetch(url, { signal: AbortSignal.timeout(5_000) }).then(
    ({ status }) => status,
    () => 0,
  );

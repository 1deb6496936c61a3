import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { eventually, freePort, Process, run } from "./processes";
import { Postgres } from "./postgres";
import { Redis } from "./redis";

export const adminPassword = "test-admin-password";

/** 200 characters, as long as a list may have them, that each layer on the way could take for its own. */
export const hostile = `"'\`$(id) \${HOME} $1 %s {{ .Values.x }} <b>&amp;</b><script>alert('x')</script> ' OR 1=1; DROP TABLE product;-- \\n \\ #[a]: - &b *b !!str | > ? @ 🎉👩‍👩‍👧 שלום مرحبا \u202Eabc\u202C e\u0301 ß İ`.padEnd(200, `"'`);
export const list = {
  title: hostile,
  adminEmail: "admin@example.com",
  currency: "EUR",
  country: "DE",
  countries: ["DE", "AT"],
  accent: "#0a7d5c",
  shippingPrice: 4.9,
  products: [
    { name: "Sample Hoodie", sku: "SAMPLE-HOODIE", price: 49.99, stock: 100 },
    { name: "Sample Mug", sku: "SAMPLE-MUG", price: 9.99, stock: 500 },
    { name: hostile, sku: "a/b_c.d-1", price: 0.1, stock: 0 },
  ],
};
export type List = typeof list;

const root = join(__dirname, "../..");

/** What the files of a test run have in common: the application as the image holds it, and databases to copy. */
export interface Template {
  folder: string;
  tree: string;
}

/** The application with Postgres and Redis beside it, all in one folder that goes in the end. */
export class App {
  private constructor(
    readonly folder: string,
    readonly tree: string,
    readonly postgres: Postgres,
    readonly redis: Redis,
  ) {}

  static async start({ folder: template, tree }: Template): Promise<App> {
    const folder = await newFolder();
    return new App(folder, tree, await Postgres.start(folder, template), await Redis.start(folder));
  }

  /** Makes a database to which nothing was done but Medusa's own part of the preparation. */
  static async template(database: string): Promise<Template> {
    const folder = await newFolder();
    const tree = process.env.APP_TREE ?? join(folder, "app");
    if (!process.env.APP_TREE) await run("sh", [join(root, "assemble.sh"), tree]);
    const files = readdirSync(tree, { recursive: true }).length;
    const app = new App(folder, tree, await Postgres.start(folder), await Redis.start(folder));
    await app.postgres.create(database);
    // The seed comes last and refuses this list before it touches anything.
    const refused = app.prepare(database, { currency: "BBD" });
    assert.equal(await refused.ended, 1, refused.output);
    assert.match(refused.output, /\nerror: Medusa has no currency BBD: choose another\n$/);
    assert.equal(readdirSync(tree, { recursive: true }).length, files, "something was written beside the application, which is read-only in the image");
    await app.postgres.stop();
    await app.redis.stop();
    return { folder, tree };
  }

  async stop(): Promise<void> {
    await this.postgres.stop();
    await this.redis.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  medusa(args: string[], database: string, env: Record<string, string | undefined> = {}): Process {
    return this.node([join(this.tree, "node_modules/.bin/medusa"), ...args], database, env);
  }

  prepare(database: string, changes: Partial<List> = {}): Process {
    return this.node(["./src/prepare.js"], database, this.seedEnvironment(database, changes));
  }

  /** The seed alone, under a name by which its connections are known. */
  seed(database: string, changes: Partial<List> = {}): Process {
    return this.medusa(["exec", "./src/scripts/seed.js"], database, { ...this.seedEnvironment(database, changes), PGAPPNAME: "seed" });
  }

  /** Where the seed leaves the publishable key. */
  keyFile(database: string): string {
    return join(this.folder, `${database}.key`);
  }

  private seedEnvironment(database: string, changes: Partial<List>): Record<string, string> {
    const file = join(this.folder, `${database}.json`);
    writeFileSync(file, JSON.stringify({ ...list, ...changes }));
    return { SEED_FILE: file, PUBLISHABLE_KEY_FILE: this.keyFile(database), ADMIN_PASSWORD: adminPassword };
  }

  private node(args: string[], database: string, env: Record<string, string | undefined>): Process {
    return new Process(process.execPath, args, {
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

  /** A server or worker that listens, its address, and how long it took. */
  async serve(mode: "server" | "worker", database: string, env: Record<string, string> = {}): Promise<{ process: Process; url: string; seconds: number }> {
    const begun = Date.now();
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
    return { process: server, url, seconds: (Date.now() - begun) / 1_000 };
  }
}

async function newFolder(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "storefleet-medusa-"));
  // Postgres, when it is run as another user, has to get to its folder.
  await run("chmod", ["755", folder]);
  // Else each process of Medusa's starts another one when it ends, which writes to the folder when that is gone.
  mkdirSync(join(folder, "config/medusa"), { recursive: true });
  writeFileSync(join(folder, "config/medusa/config.json"), '{"telemetry":{"enabled":false}}');
  return folder;
}

/** The status of an answer; 0 where nobody listens or answers within 5 seconds. */
export const statusOf = (url: string): Promise<number> =>
  fetch(url, { signal: AbortSignal.timeout(5_000) }).then(
    ({ status }) => status,
    () => 0,
  );

import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../../config/root";
import { run } from "../../scripts/machine/os/run";
import { ordersQuestion, partOf, prepared } from "../../scripts/shops/inside";
import { until } from "../e2e/helpers/until";
import { ensureDataStores } from "./data-stores";

const script = join(projectRoot, "components/medusa/chart/files/postgres-start.sh");

/** The start of the Medusa chart's Postgres, with a real one; what stands in is the image's entrypoint. */
describe("postgres-start.sh with a real Postgres", function () {
  this.timeout(120_000);
  let folder: string;
  let port: number;
  let server: ChildProcess | undefined;
  let output: string;
  // Postgres refuses to run as root.
  const asPostgres = process.getuid?.() === 0 ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] : [];
  const secret = (name: string, value: string) => writeFileSync(join(folder, "secrets", name), value);

  function environment(): Record<string, string> {
    const [version] = readdirSync("/usr/lib/postgresql").sort((a, b) => Number(b) - Number(a));
    return {
      PATH: `${folder}:/usr/lib/postgresql/${version}/bin:${process.env.PATH}`,
      PGDATA: join(folder, "data/pgdata"),
      POSTGRES_PASSWORD_FILE: join(folder, "secrets/postgres-password"),
    };
  }
  const command = (args: string[], env = {}) => {
    const [file, ...rest] = [...asPostgres, ...args];
    return run(file!, rest, { env: { ...environment(), ...env } });
  };
  const asks = async (role: string, password: string, sql = "SELECT 1") =>
    (await command(["psql", "-h", "127.0.0.1", "-p", String(port), "-U", role, "-Atc", sql, "postgres"], { PGPASSWORD: password })).code === 0;

  async function start() {
    const [file, ...rest] = [...asPostgres, "bash", script, "-cshared_buffers=16MB"];
    const child = spawn(file!, rest, { cwd: folder, env: environment(), stdio: ["ignore", "pipe", "pipe"] });
    server = child;
    output = "";
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text: string) => (output += text));
    await until("Postgres answers", async () => (await command(["pg_isready", "-q", "-h", "127.0.0.1", "-p", String(port)])).code === 0, 60);
  }
  async function end(signal: NodeJS.Signals) {
    const running = server;
    server = undefined;
    if (!running || running.exitCode !== null || running.signalCode !== null) return;
    const closed = once(running, "exit");
    running.kill(signal);
    await closed;
  }

  before(async () => {
    await ensureDataStores();
    folder = mkdtempSync(join(tmpdir(), "storefleet-postgres-"));
    chmodSync(folder, 0o755);
    const probe = createServer().listen(0, "127.0.0.1");
    await once(probe, "listening");
    port = (probe.address() as AddressInfo).port;
    await new Promise((resolve) => probe.close(resolve));
    writeFileSync(join(folder, "docker-entrypoint.sh"), `#!/bin/bash\nshift\nexec postgres -k ${folder}/data -h 127.0.0.1 -p ${port} "$@"\n`, { mode: 0o755 });
    for (const name of ["data", "secrets"]) mkdirSync(join(folder, name));
    chmodSync(join(folder, "data"), 0o777);
    secret("password", "first");
    secret("postgres-password", "super");
    assert.equal((await command(["initdb", "-U", "postgres", "--auth-host=scram-sha-256", `--pwfile=${join(folder, "secrets/postgres-password")}`])).code, 0);
    writeFileSync(join(folder, "data/initialised"), "");
    await start();
    assert.ok(await asks("postgres", "super", "CREATE ROLE medusa LOGIN PASSWORD 'first'"), output);
    await end("SIGINT");
  });
  after(async () => {
    await end("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });
  afterEach(() => end("SIGINT"));

  it("the passwords of the Secret work after each start, whatever they were before, and after a crash", async () => {
    await start();
    await end("SIGKILL");
    secret("password", "it's the \\second");
    secret("postgres-password", "anew");
    await start();
    const answers = [await asks("medusa", "it's the \\second"), await asks("postgres", "anew"), await asks("medusa", "first"), await asks("postgres", "super")];
    assert.deepEqual(answers, [true, true, false, false], output);
    assert.doesNotMatch(output, /second|anew/);
  });

  it("a Secret without a password takes none away", async () => {
    rmSync(join(folder, "secrets/password"));
    await start();
    assert.match(output, /the roles keep their passwords/);
    assert.ok(await asks("medusa", "it's the \\second"), output);
  });

  it("tells whoever is in the pod how many orders there are, without a password", async () => {
    await start();
    const socket = { PGHOST: join(folder, "data"), PGPORT: String(port) };
    const { part, command: question } = ordersQuestion("medusa")!;
    const orders = async () => (await command(prepared(partOf("medusa", part)!, question), socket)).stdout.trim();
    assert.equal(await orders(), "");
    const table = `CREATE TABLE "order" (is_draft_order boolean NOT NULL DEFAULT false, deleted_at timestamptz)`;
    const rows = `INSERT INTO "order" VALUES (false, NULL), (false, NULL), (true, NULL), (false, now())`;
    for (const [role, database, sql] of [["postgres", "postgres", "CREATE DATABASE medusa OWNER medusa"], ["medusa", "medusa", `${table}; ${rows}`]]) {
      const { code, stderr } = await command(["psql", "-U", role!, "-d", database!, "-c", sql!], socket);
      assert.equal(code, 0, stderr);
    }
    assert.equal(await orders(), "2");
  });
});

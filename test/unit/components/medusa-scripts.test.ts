import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../../../config/root";
import { until } from "../../e2e/helpers/until";

const files = join(projectRoot, "components/medusa/chart/files");
// Its own loopback address, because the scripts know Redis by its port only.
const redisHost = "127.83.29.5";

describe("the scripts of the Medusa chart", function () {
  this.timeout(20_000);
  let folder: string;
  let redis: Server;
  let commands: string[];
  let answerToPing: string;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "medusa-scripts-"));
    commands = [];
    answerToPing = "+PONG";
    redis = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.on("data", (data) => {
        for (const line of data.toString().split("\r\n").filter(Boolean)) {
          commands.push(line);
          socket.write(line === "PING" ? `${answerToPing}\r\n` : "+OK\r\n");
          if (line === "QUIT") socket.end();
        }
      });
    });
    redis.listen(6379, redisHost);
    await once(redis, "listening");
  });
  afterEach(async () => {
    rmSync(folder, { recursive: true });
    if (!redis.listening) return;
    redis.close();
    await once(redis, "close");
  });

  /** Puts a command of that name, a bash script, in front of all others. */
  function fake(name: string, script: string) {
    const path = join(folder, name);
    writeFileSync(path, `#!/bin/bash\n${script}\n`);
    chmodSync(path, 0o755);
  }

  const started = (script: string, env: Record<string, string> = {}, args: string[] = []) =>
    spawn("bash", [join(files, script), ...args], {
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        PATH: `${folder}:${process.env.PATH}`, FOLDER: folder, WAIT_SECONDS: "10", IMAGE: 'shop:1"\'$(id)',
        REDIS_HOST: redisHost, REDIS_PASSWORD: "redis-canary", PGPASSWORD: "postgres-canary", ...env,
      },
    });

  async function run(...command: Parameters<typeof started>) {
    const child = started(...command);
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (output += data));
    const [code] = await once(child, "close");
    return { code: code as number, output };
  }

  describe("wait-for-data.sh", () => {
    it("ends once Postgres and Redis answer", async () => {
      // Postgres refuses once.
      fake("psql", 'n=$(cat "$FOLDER/n" 2>/dev/null || echo 0); echo $((n + 1)) > "$FOLDER/n"; [ $n -gt 0 ] || { echo "refused" >&2; exit 2; }');
      const { code, output } = await run("wait-for-data.sh");
      assert.equal(code, 0, output);
      assert.equal(readFileSync(join(folder, "n"), "utf8").trim(), "2");
      assert.deepEqual(commands, ["AUTH redis-canary", "PING", "QUIT"]);
    });

    it("says why Postgres does not answer", async () => {
      fake("psql", "echo 'psql: error: password authentication failed' >&2; exit 2");
      const { code, output } = await run("wait-for-data.sh", { WAIT_SECONDS: "1" });
      assert.equal(code, 1);
      assert.match(output, /waiting for Postgres to answer: psql: error: password authentication failed/);
      assert.doesNotMatch(output, /canary/);
    });

    it("says why Redis does not answer", async () => {
      fake("psql", "echo 0");
      answerToPing = "-LOADING Redis is loading the dataset in memory";
      const loading = await run("wait-for-data.sh", { WAIT_SECONDS: "1" });
      assert.equal(loading.code, 1);
      assert.match(loading.output, /waiting for Redis to answer: \+OK\s+-LOADING/);
      assert.doesNotMatch(loading.output, /canary/);
    });
  });

  describe("wait-until-prepared.sh", () => {
    it("waits until its own image is marked, and says for what", async () => {
      fake("psql", 'cat > "$FOLDER/sql"; echo "$@" > "$FOLDER/args"; n=$(cat "$FOLDER/n" 2>/dev/null || echo 0); echo $((n + 1)) > "$FOLDER/n"; [ $n -lt 2 ] || echo yes');
      const { code, output } = await run("wait-until-prepared.sh");
      assert.equal(code, 0, output);
      assert.match(output, /waiting for the prepare Job of shop:1"'\$\(id\)/);
      assert.equal(readFileSync(join(folder, "n"), "utf8").trim(), "3");
      assert.ok(readFileSync(join(folder, "args"), "utf8").includes(`image=shop:1"'$(id)`));
      assert.match(readFileSync(join(folder, "sql"), "utf8"), /where image = :'image'/);
    });
  });

  for (const script of ["wait-for-data.sh", "wait-until-prepared.sh"]) {
    it(`${script} ends when asked to, as the first process of a container too`, async () => {
      fake("psql", 'touch "$FOLDER/asked"; exit 2');
      const child = started(script);
      await until("psql is asked", async () => existsSync(join(folder, "asked")), 10);
      child.kill("SIGTERM");
      // By an exit of its own: the kernel keeps the signal alone from process 1.
      assert.deepEqual(await once(child, "close"), [143, null]);
    });
  }

  describe("mark-prepared.sh", () => {
    it("fails when the mark can not be written", async () => {
      fake("psql", 'cat > "$FOLDER/sql"; exit 3');
      assert.equal((await run("mark-prepared.sh")).code, 3);
      fake("psql", 'cat > "$FOLDER/sql"');
      assert.equal((await run("mark-prepared.sh")).code, 0);
      assert.match(readFileSync(join(folder, "sql"), "utf8"), /insert into storefleet\.prepared values \(:'image', now\(\)\)/);
    });
  });

  describe("postgres-ready.sh", () => {
    const ready = (answers: boolean, mebibytes: number) => {
      fake("pg_isready", `exit ${answers ? 0 : 2}`);
      fake("df", `printf 'Avail\n%s\n' ${mebibytes}`);
      return run("postgres-ready.sh");
    };

    it("asks whether Postgres answers, and has room", async () => {
      assert.deepEqual(await ready(true, 16), { code: 0, output: "" });
      assert.equal((await ready(false, 16)).code, 2);
    });

    it("says that the volume is full, in words that status knows", async () => {
      assert.deepEqual(await ready(true, 15), { code: 1, output: "No space left on device: the volume has only 15 MiB left\n" });
    });
  });

  describe("postgres-start.sh", () => {
    const start = () => {
      fake("docker-entrypoint.sh", 'echo "entrypoint $*"');
      return run("postgres-start.sh", { PGDATA: join(folder, "data/pgdata") }, ["-c", "shared_buffers=64MB"]);
    };
    beforeEach(() => mkdirSync(join(folder, "data")));

    it("starts the image's entrypoint with its arguments on an empty volume", async () => {
      assert.deepEqual(await start(), { code: 0, output: "entrypoint postgres -c shared_buffers=64MB\n" });
    });

    it("leaves a finished database alone", async () => {
      mkdirSync(join(folder, "data/pgdata"));
      writeFileSync(join(folder, "data/initialised"), "");
      await start();
      assert.deepEqual(readdirSync(join(folder, "data")).sort(), ["initialised", "pgdata"]);
    });

    it("sets the remains of an unfinished initialisation aside, and deletes nothing", async () => {
      mkdirSync(join(folder, "data/pgdata"));
      writeFileSync(join(folder, "data/pgdata/PG_VERSION"), "17");
      const { output } = await start();
      assert.match(output, /did not finish: beginning again\nentrypoint postgres/);
      assert.ok(!existsSync(join(folder, "data/pgdata")));
      const [aside] = readdirSync(join(folder, "data"));
      assert.match(aside!, /^pgdata\.unfinished\.\d+$/);
      assert.ok(existsSync(join(folder, "data", aside!, "PG_VERSION")));
    });

    it("is told of the end of the initialisation by the last line of the SQL", () => {
      const lines = readFileSync(join(files, "postgres-database.sql"), "utf8").trim().split("\n");
      assert.equal(lines.at(-1), '\\! touch "$PGDATA/../initialised"');
    });
  });
});

import assert from "node:assert/strict";
import { ended, podOf, ready, Shop, waiting } from "../../helpers/troubled-shop";

describe("trouble of pods", () => {
  describe("of an image", () => {
    it("is told in the kubelet's words", async () => {
      const message = 'Back-off pulling image "wordpress:nope": ErrImagePull: rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/wordpress:nope": not found';
      const where = "image can not be pulled: woocommerce-wordpress-7c9f8d-x2x4z/wordpress";
      const text = await new Shop().container("wordpress", waiting("ImagePullBackOff", message)).trouble();
      assert.equal(text!.split(" — ")[0], `${where}: ImagePullBackOff: ${message}`);
      assert.equal(await new Shop().container("wordpress", waiting("ErrImagePull")).trouble(), `${where}: ErrImagePull: wordpress:1`);
      assert.equal(await new Shop().container("wordpress", waiting("InvalidImageName", "couldn't parse")).trouble(), `${where}: InvalidImageName: couldn't parse`);
    });

    it("is told by the event where the kubelet says no more than that it waits", async () => {
      const why = 'Failed to pull image "wordpress:1": rpc error: code = Unknown desc = 401 Unauthorized';
      const shop = new Shop().container("wordpress", waiting("ImagePullBackOff", 'Back-off pulling image "wordpress:1"'));
      assert.match((await shop.trouble())!, /ImagePullBackOff: Back-off pulling image "wordpress:1"$/);
      shop.event(podOf("wordpress"), "Failed", "Error: ImagePullBackOff").event(podOf("wordpress"), "Failed", why);
      assert.match((await shop.trouble())!, /ImagePullBackOff: Failed to pull image "wordpress:1": .*401 Unauthorized — /);
    });

    it("that several pods lack is one sentence", async () => {
      const shop = new Shop().container("wordpress", waiting("ErrImagePull", "i/o timeout")).container("setup", waiting("ImagePullBackOff", "i/o timeout"));
      const text = await shop.trouble();
      assert.equal(text, "image can not be pulled: woocommerce-wordpress-7c9f8d-x2x4z/wordpress: ErrImagePull: i/o timeout (and 1 more like it)");
    });
  });

  describe("of a container that can not be made", () => {
    it("is told in the kubelet's words", async () => {
      const message = 'secret "woocommerce-admin" not found';
      assert.equal(await new Shop().container("wordpress", waiting("CreateContainerConfigError", message)).trouble(), `woocommerce-wordpress-7c9f8d-x2x4z/wordpress: CreateContainerConfigError: ${message}`);
    });

    it("for want of a mount is told by the event, as long as the pod waits", async () => {
      const message = 'MountVolume.SetUp failed for volume "secrets" : secret "woocommerce-database" not found';
      const pending = () => new Shop().container("mariadb", waiting("ContainerCreating"), { phase: "Pending" }).event(podOf("mariadb"), "FailedMount", message);
      assert.equal(await pending().trouble(), `woocommerce-mariadb-0: FailedMount: ${message}`);
      assert.equal(await pending().pod("mariadb", ready).trouble(), undefined);
      assert.equal(await pending().container("mariadb", { state: { running: {} } }).trouble(), undefined);
      // What the scheduler once said is in the pod's conditions as long as it holds.
      assert.equal(await new Shop().container("mariadb", waiting("ContainerCreating"), { phase: "Pending" }).event(podOf("mariadb"), "FailedScheduling", "no node").trouble(), undefined);
    });
  });

  describe("of the database", () => {
    const crash = (exitCode: number, message?: string, reason?: string) => ({ restartCount: 7, ...waiting("CrashLoopBackOff", "back-off 5m0s restarting failed container"), lastState: ended(exitCode, message, reason).state });

    it("is told by how it ended, rather than by how long its next start is put off", async () => {
      const log = ["2026-01-01 [Note] Starting MariaDB 10.11", "2026-01-01 [ERROR] InnoDB: Unable to lock ./ibdata1 error: 11", "2026-01-01 [Note] Plugin 'FEEDBACK' is disabled.", "2026-01-01 [ERROR] Aborting", "more"].join("\n");
      assert.equal(
        await new Shop().container("mariadb", crash(1, log)).trouble(),
        "database not up: woocommerce-mariadb-0/mariadb: CrashLoopBackOff: exit code 1: 2026-01-01 [ERROR] InnoDB: Unable to lock ./ibdata1 error: 11 / 2026-01-01 [Note] Plugin 'FEEDBACK' is disabled. / 2026-01-01 [ERROR] Aborting (7 restarts)",
      );
      assert.equal(await new Shop().container("mariadb", crash(137, undefined, "OOMKilled")).trouble(), "database not up: woocommerce-mariadb-0/mariadb: CrashLoopBackOff: exit code 137 (OOMKilled) (7 restarts)");
      assert.equal(await new Shop().container("mariadb", waiting("CrashLoopBackOff", "back-off 10s")).trouble(), "database not up: woocommerce-mariadb-0/mariadb: CrashLoopBackOff: back-off 10s");
    });

    it("comes before what follows from it: a set-up that gave up, pages that are not ready", async () => {
      const shop = new Shop().container("setup", ended(1, "10:00:00 setup: waiting for the database\nsetup FAILED: no answer within 5 minutes."), { phase: "Failed" });
      shop.pod("wordpress", {}).event(podOf("wordpress"), "Unhealthy", "Readiness probe failed: 503");
      assert.match((await shop.trouble())!, /^set-up failed/);
      assert.match((await shop.container("mariadb", crash(1)).trouble())!, /^database not up: woocommerce-mariadb-0\/mariadb: CrashLoopBackOff: exit code 1 /);
    });

    it("that runs but does not answer is not up either", async () => {
      const shop = new Shop().pod("mariadb", { conditions: [{ type: "Ready", status: "False" }] });
      assert.equal(await shop.trouble(), undefined);
      assert.equal(await shop.event(podOf("mariadb"), "Unhealthy", "Startup probe failed: \n").trouble(), "database not up: woocommerce-mariadb-0: not ready: Startup probe failed:");
    });
  });

  describe("of the set-up", () => {
    const log = (...lines: string[]) => ["10:00:00 setup: looking for WP-CLI and WooCommerce in the image", "10:00:09 setup: installing WordPress", ...lines].join("\n");
    const failed = (message?: string, reason?: string, more: Parameters<Shop["container"]>[2] = {}) => new Shop().container("setup", ended(reason ? 137 : 1, message, reason), { phase: "Failed", ...more });

    it("names the step and what it said", async () => {
      assert.equal(await failed(log("Error: The database is read only.")).trouble(), 'set-up failed at "installing WordPress": Error: The database is read only.');
      assert.equal(await failed("10:00:00 setup: waiting for the database\nsetup FAILED: no answer within 5 minutes. database: Connection refused\n").trouble(), 'set-up failed at "waiting for the database": no answer within 5 minutes. database: Connection refused');
    });

    it("tells the line with the error, not the trace below or the warnings above it", async () => {
      const lines = ["Warning: No cache", "option blogname set", "PHP Fatal error:  Uncaught ValueError: no price in configure.php:12", "Stack trace:", "#0 configure.php(3)", "#1 {main}", "  thrown in configure.php on line 12"];
      assert.equal(await failed(log(...lines)).trouble(), 'set-up failed at "installing WordPress": PHP Fatal error:  Uncaught ValueError: no price in configure.php:12 / Stack trace: / #0 configure.php(3)');
    });

    it("tells the last lines where none names an error, and how it ended where it said nothing", async () => {
      assert.equal(await failed(log("one", "two", "", "three", "four")).trouble(), 'set-up failed at "installing WordPress": two / three / four');
      assert.equal(await failed(log()).trouble(), 'set-up failed at "installing WordPress": exit code 1');
      assert.equal(await failed(log("created 3 products"), "OOMKilled").trouble(), 'set-up failed at "installing WordPress": exit code 137 (OOMKilled): created 3 products');
      assert.equal(await failed().trouble(), "set-up failed: exit code 1");
      assert.equal(await failed("cut off at the beginning\nError: no").trouble(), "set-up failed: Error: no");
    });

    it("lets nothing from a log steer the terminal", async () => {
      assert.equal(await failed(log("Error: \u001b[2J\u0007gone\r")).trouble(), 'set-up failed at "installing WordPress": Error:  [2J gone');
    });

    it("that has a container for each step names that one", async () => {
      const shop = new Shop().pod("setup", { phase: "Failed", initContainerStatuses: [{ name: "migrate", image: "medusa:1", restartCount: 0, ...ended(1) }] }, { init: true });
      assert.equal(await shop.trouble(), 'set-up failed at "migrate": exit code 1');
    });

    it("is its newest attempt's", async () => {
      const shop = failed("Error: first", undefined, { name: "woocommerce-setup-1a2b3c4d-zzzzz", created: 1 }).container("setup", ended(1, "Error: second"), { phase: "Failed", created: 20 });
      assert.equal(await shop.trouble(), "set-up failed: Error: second");
    });

    it("is still told while it is tried again, and over once that succeeded", async () => {
      const shop = failed("Error: first", undefined, { name: "a", created: 1 }).container("setup", ended(1, "Error: second"), { phase: "Failed", name: "b", created: 20 });
      shop.container("setup", { state: { running: {} } }, { name: "c", created: 40 });
      assert.equal(await shop.trouble(), "set-up failed: Error: second; it is being tried again");
      assert.equal(await shop.container("setup", ended(0), { phase: "Succeeded", name: "c", created: 40 }).trouble(), undefined);
    });

    it("that ran out of time, and took its pods along, is told by its Job", async () => {
      const conditions = [{ type: "Failed", status: "True", reason: "DeadlineExceeded", message: "Job was active longer than specified deadline" }];
      assert.equal(await new Shop().job("setup", { conditions }).trouble(), "set-up failed: DeadlineExceeded: Job was active longer than specified deadline");
      assert.equal(await failed("Error: no").job("setup", { conditions: [{ ...conditions[0], reason: "BackoffLimitExceeded" }] }).trouble(), "set-up failed: Error: no");
      assert.equal(await new Shop().job("cron", { conditions }).trouble(), undefined);
    });
  });

  describe("of a Medusa shop", () => {
    const running = { state: { running: {} } };
    const status = (name: string, more: object) => ({ name, image: "medusa:1", restartCount: 0, ready: false, ...more });
    /** A server that is held back until the database is prepared. */
    const held = () =>
      new Shop().pod("server", { phase: "Pending", initContainerStatuses: [status("wait-until-prepared", running)], containerStatuses: [status("server", waiting("PodInitializing"))] }, { init: true });
    const crash = (message: string) => ({ image: "a", restartCount: 3, ...waiting("CrashLoopBackOff", "back-off 40s restarting failed container"), lastState: ended(1, message).state });
    const prepare = (failing: string, message: string) => {
      const steps = ["wait-for-data", "prepare", "publish-key"];
      const at = steps.includes(failing) ? steps.indexOf(failing) : steps.length;
      const before = steps.slice(0, at).map((name) => status(name, ended(0)));
      const [init, main] = steps.includes(failing) ? [[...before, status(failing, ended(1, message))], waiting("PodInitializing")] : [before, ended(1, message)];
      return { phase: "Failed", initContainerStatuses: init, containerStatuses: [status("mark-prepared", main)] };
    };

    it("names the step of the set-up that failed, and what it said", async () => {
      const said = {
        "wait-for-data": "gave up after 300 s of waiting for Redis to answer: ",
        prepare: "Error: Medusa has no currency XXX: choose another",
        "publish-key": "error: the Kubernetes API did not take the key into Secret medusa-storefront: connect ETIMEDOUT. Do network policies let this pod reach it?",
        "mark-prepared": "ERROR:  permission denied for database medusa",
      };
      for (const [step, message] of Object.entries(said)) {
        assert.equal(await held().pod("prepare", prepare(step, message), { init: true }).trouble(), `set-up failed at "${step}": ${message.trim()}`);
      }
    });

    describe("whose log is JSON", () => {
      const line = (level: string, message: string) => JSON.stringify({ level, message, ...(level === "error" && { stack: [{ fileName: "x".repeat(3000), lineNumber: 1 }] }), timestamp: "2026-01-01 00:00:00" });
      const failed = (log: string) => held().pod("prepare", prepare("prepare", log.slice(-2048)), { init: true });

      it("tells its messages", async () => {
        const short = '{"level":"error","message":"relation \\"order\\" does not exist","timestamp":"2026-01-01 00:00:01"}';
        assert.equal(await failed(`${line("info", "Running migrations...")}\n${short}\n`).trouble(), 'set-up failed at "prepare": error: relation "order" does not exist');
      });

      it("reads that log where the pod's status has kept no more than the stack", async () => {
        const log = `${line("info", "Running migrations...")}\n${line("error", "Failed to ensure migrations table exists:: \n  CREATE TABLE x\n - permission denied for schema public")}\n`;
        const text = 'set-up failed at "prepare": Failed to ensure migrations table exists:: CREATE TABLE x - permission denied for schema public';
        assert.equal(await failed(log).log("prepare", "prepare", log).trouble(), text);
        assert.match((await failed(log).trouble())!, /^set-up failed at "prepare": x+","lineNumber":1/);
        const crashed = () => new Shop().container("server", crash(log.slice(-2048)));
        assert.match((await crashed().log("server", "server", log).trouble())!, /CrashLoopBackOff: exit code 1: Failed to ensure migrations table exists/);
      });
    });

    it("is never a container that only waits for another part, whatever once kept its pod from starting", async () => {
      const shop = held().event(podOf("server"), "FailedMount", 'MountVolume.SetUp failed for volume "scripts" : failed to sync configmap cache: timed out waiting for the condition');
      assert.equal(await shop.trouble(), undefined);
      shop.pod("prepare", prepare("prepare", "Error: no"), { init: true });
      assert.equal(await shop.trouble(), 'set-up failed at "prepare": Error: no');
      assert.match((await shop.container("redis", crash("FATAL CONFIG FILE ERROR")).trouble())!, /^database not up: medusa-redis-0\/redis: /);
    });

    it("tells a storefront whose key is refused by its last line", async () => {
      const line = "error: the server refuses the publishable key in MEDUSA_PUBLISHABLE_KEY: put a valid one into the Secret";
      const shop = new Shop().container("storefront", crash(`storefront: listening on 8000\n${line}\n`));
      shop.pod("server", ready).event(podOf("storefront"), "Unhealthy", "Readiness probe failed: connection refused");
      assert.equal(await shop.trouble(), `medusa-storefront-6e6e6e-eeeee/storefront: CrashLoopBackOff: exit code 1: ${line} (3 restarts)`);
    });

    it("tells a full volume in the database's own words, and the mend", async () => {
      const mend = "its volume is full: choose a larger plan, or raise volumes under plans in Pulumi.local.yaml, then ./scripts/stores cluster up && ./scripts/stores apply; the storage class has to allow expansion";
      const logs = {
        postgres: '2026-01-01 00:00:00.000 UTC [1] FATAL:  could not write lock file "postmaster.pid": No space left on device',
        redis: "1:M 01 Jan 2026 00:00:00.000 # Fatal error: can't open the append log file appendonly.aof.1.incr.aof for writing: No space left on device",
        mariadb: '2026-01-01  0:00:00 0 [ERROR] mariadbd: Error writing file \'/var/lib/mysql/ddl_recovery.log\' (Errcode: 28 "No space left on device")',
      };
      for (const [part, log] of Object.entries(logs) as ["postgres" | "redis" | "mariadb", string][]) {
        const shop = new Shop().container(part, crash(log)).pod("prepare", prepare("wait-for-data", "gave up after 300 s"), { init: true });
        assert.equal(await shop.trouble(), `database not up: ${podOf(part).name}/${part}: CrashLoopBackOff: exit code 1: ${log} (3 restarts) — ${mend}`);
      }
    });

    it("tells of a Postgres that panics why it did", async () => {
      const log = ["LOG:  redo starts at 0/1", 'PANIC:  could not write to file "pg_wal/xlogtemp.20": No space left on device', "LOG:  startup process (PID 20) was terminated by signal 6: Aborted", "LOG:  aborting startup due to startup process failure", "LOG:  database system is shut down"];
      assert.match((await new Shop().container("postgres", crash(log.join("\n"))).trouble())!, /exit code 1: PANIC:  could not write to file "pg_wal\/xlogtemp\.20": No space left on device \/ .* — its volume is full/);
    });
  });

  it("is a container that ended badly, also one that runs first", async () => {
    assert.equal(await new Shop().container("wordpress", ended(2, "table wp_options is missing\n")).trouble(), "woocommerce-wordpress-7c9f8d-x2x4z/wordpress: ended with exit code 2: table wp_options is missing");
    const status = { initContainerStatuses: [{ name: "prepare", image: "a", restartCount: 0, ...ended(2) }], containerStatuses: [{ name: "web", image: "a", restartCount: 0, ...waiting("PodInitializing") }] };
    assert.match((await new Shop().pod("wordpress", status).trouble())!, /\/prepare: ended with exit code 2$/);
  });
});

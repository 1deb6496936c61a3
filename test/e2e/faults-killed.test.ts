import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Fleet } from "./helpers/fleet";
import type { Answer } from "../../scripts/operations/answers";
import { until } from "./helpers/until";

const store = (name: string, title = "Shop") => `{ name: ${name}, engine: woocommerce, title: ${title} }`;

/** Soon enough to catch a step of an operation. */
const caught = (what: string, condition: () => Promise<boolean>) => until(what, condition, 60, 10);

describe("runs that are killed or interrupted", function () {
  this.timeout(180_000);
  const fleet = new Fleet();
  const hold = join(fleet.folder, "hold");

  const secretExists = async (name: string) => (await fleet.names(name)).includes("woocommerce-admin");
  const helmIs = (name: string, status: string) => async () => (await fleet.helmStatus(name)) === status;
  const namespaceExists = async (name: string) => (await fleet.kube.get(`/api/v1/namespaces/${fleet.namespace(name)}`)) !== undefined;
  function killCli(name: string): void {
    const pid = fleet.cli(name);
    assert.ok(pid, "the CLI is not there any more");
    process.kill(pid, "SIGKILL");
  }
  /** The program stops before its receipt for as long as `hold/<store>` exists. */
  function holdReceipt(name: string): void {
    mkdirSync(hold, { recursive: true });
    writeFileSync(join(hold, name), "");
  }
  const release = (name: string) => rmSync(join(hold, name));

  before(async () => {
    fleet.patch(
      "stores/index.ts",
      "release: shop.releaseStatus.apply((status) => requireDeployed(status, shop)),",
      `release: shop.releaseStatus.apply((status) => requireDeployed(status, shop)).apply(async (status) => {
          while (require("node:fs").existsSync(${JSON.stringify(hold)} + "/" + spec.name)) await new Promise((next) => setTimeout(next, 20));
          return status;
        }),`,
    );
    // A shop of this title never becomes ready.
    fleet.patch(
      "components/woocommerce/chart/templates/wordpress.yaml",
      "      annotations:\n        checksum/config:",
      '      annotations:\n        {{- if eq .Values.shop.title "Slow" }}\n        storefleet.dev/simulate: not-ready\n        {{- end }}\n        checksum/config:',
    );
    fleet.list();
    await fleet.up();
  });
  after(() => fleet.remove());

  // 1: at any step.
  it("converges after the CLI was killed at any step", async () => {
    fleet.list(store("one"), store("two"), store("three"), store("four"));
    holdReceipt("four");
    const apply = fleet.start(["apply", "--json", "--concurrency", "4"]);
    const deaths = [
      caught("the namespace exists", () => namespaceExists("one")).then(() => killCli("one")),
      caught("secrets are being created", () => secretExists("two")).then(() => killCli("two")),
      caught("the release is being installed", helmIs("three", "pending-install")).then(() => killCli("three")),
      caught("the release is there, the receipt is not", helmIs("four", "deployed")).then(() => killCli("four")),
    ];
    await Promise.all(deaths);
    const { ended, rows } = fleet.rows(await apply.done);
    assert.equal(ended.code, 1);
    for (const name of ["one", "two", "three", "four"]) assert.equal(rows[name]!.result, "failed", `${name}: ${rows[name]!.error}`);
    release("four");
    await fleet.quiet();

    const again = await fleet.apply("--concurrency", "4");
    assert.equal(again.ended.code, 0, again.ended.stdout);
    for (const name of ["one", "two", "three", "four"]) assert.ok(again.rows[name]!.repairs.length > 0, `${name} needed no repair`);
    await fleet.assertSound("one", "two", "three", "four");
    assert.deepEqual(await fleet.names("one", "secrets"), await fleet.names("four", "secrets"));
  });

  // 2: Helm's record says pending-install or pending-upgrade for ever after.
  it("repairs a release whose upgrade was killed", async () => {
    fleet.list(store("one", "Slow"));
    const apply = fleet.start(["apply", "one", "--json"]);
    await caught("the release is being upgraded", helmIs("one", "pending-upgrade"));
    killCli("one");
    const { rows } = fleet.rows(await apply.done);
    assert.equal(rows.one!.result, "failed");
    await fleet.quiet();
    assert.equal(await fleet.helmStatus("one"), "pending-upgrade");
    assert.equal((await fleet.status("one"))[0]!.phase === "READY", false);

    fleet.list(store("one", "Mended"));
    const again = await fleet.apply("one");
    assert.equal(again.ended.code, 0, again.ended.stdout);
    assert.ok(again.rows.one!.repairs.some((repair) => /interrupted Helm operation/.test(repair)), again.rows.one!.repairs.join());
    await fleet.assertSound("one");
  });

  // 1: the script itself.
  it("winds down by itself when the script is killed, and converges", async () => {
    fleet.list(store("one", "Mended"), store("five"), store("six"), store("seven"));
    const apply = fleet.start(["apply", "five", "six", "seven", "--concurrency", "2"]);
    await caught("a release is being installed", helmIs("five", "pending-install"));
    apply.child.kill("SIGKILL");
    await apply.done;
    await fleet.quiet();
    assert.deepEqual([...fleet.locks("five"), ...fleet.locks("six")], []);
    assert.equal(fleet.hasStack("seven"), false, "a new store was started after the end");
    const [cut] = (await fleet.json<Answer<"operations">>("operations")).operations;
    assert.deepEqual([cut!.state, cut!.stores.five!.result, cut!.stores.seven!.result], ["interrupted", "cut off", "not started"]);
    const again = await fleet.apply("five", "six", "seven");
    assert.equal(again.ended.code, 0, again.ended.stdout);
    await fleet.assertSound("five", "six", "seven");
    const { entries, broken } = await fleet.json<Answer<"audit">>("audit");
    assert.deepEqual(entries.filter(({ operation }) => operation === cut!.id).map(({ action, outcome }) => [action, outcome]), [["operation.start", "accepted"], ["operation.end", "interrupted"]]);
    assert.equal(broken, null);
  });

  it("ends where somebody asks it to, from anywhere", async () => {
    fleet.list(store("asked"), store("later"));
    holdReceipt("asked");
    const apply = fleet.start(["apply", "asked", "later", "--concurrency", "1", "--json"]);
    await caught("the release is there, the receipt is not", helmIs("asked", "deployed"));
    const [running] = (await fleet.json<Answer<"operations">>("operations")).operations;
    assert.deepEqual([running!.state, running!.stores.asked!.result, running!.stores.later!.result], ["running", "working", "waiting"]);
    const { operations: [asked] } = await fleet.json<Answer<"operations">>("operations", running!.id, "--cancel");
    assert.equal(asked!.state, "stopping");
    const { ended, rows } = fleet.rows(await apply.done);
    assert.deepEqual([ended.code, rows.asked!.result, rows.later!.result], [1, "cancelled", "not started"]);
    assert.match(ended.stderr, /stopping operation \S+, since somebody asked it to/);
    assert.equal((await fleet.json<Answer<"operations">>("operations", running!.id)).operations[0]!.state, "cancelled");
    assert.deepEqual([(await fleet.stores("operations", running!.id, "--cancel")).code, (await fleet.stores("operations", "another")).code], [3, 3]);
    release("asked");
    const again = await fleet.apply("asked", "later");
    assert.equal(again.ended.code, 0, again.ended.stdout);
  });

  // 7, and Ctrl-C: the running store is cancelled cleanly, no new one starts. Each of these finds what the last one left.
  for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
    it(`stops cleanly at one ${signal}`, async () => {
      fleet.list(store("one", "Slow"), store("eight"));
      const apply = fleet.start(["apply", "one", "eight", "--concurrency", "1", "--json"]);
      await caught("the release is being upgraded", helmIs("one", "pending-upgrade"));
      apply.child.kill(signal);
      const { ended, rows } = fleet.rows(await apply.done);
      assert.equal(ended.code, code);
      assert.deepEqual([rows.one!.result, rows.eight!.result], ["cancelled", "not started"]);
      assert.match(ended.stderr, /stopping: no new store starts/);
      await fleet.quiet();
      assert.deepEqual(fleet.locks("one"), []);
      assert.equal(await namespaceExists("eight"), false);
    });
  }

  it("leaves at once at a second SIGINT, and the next run recovers", async () => {
    fleet.list(store("one", "Slow"));
    const apply = fleet.start(["apply", "one", "--json"]);
    await caught("the release is being upgraded", helmIs("one", "pending-upgrade"));
    apply.child.kill("SIGINT");
    await caught("it has heard", async () => /stopping/.test(apply.so.stderr));
    apply.child.kill("SIGINT");
    assert.equal((await apply.done).code, 130);
    await fleet.quiet();
    fleet.list(store("one", "Recovered"));
    const again = await fleet.apply("one");
    assert.equal(again.ended.code, 0, again.ended.stdout);
    await fleet.assertSound("one");
  });

  // 5, with a repair due: the store failed earlier, and another run has it in work when this one's turn has come.
  it("touches nothing of a store that another run has in work, whatever it saw when it began", async () => {
    fleet.list(store("one", "Before"), store("two"));
    await fleet.ok("apply", "one", "two");
    const setUp = async () => (await fleet.names("one", "jobs", "/apis/batch/v1")).filter((name) => name.startsWith("woocommerce-setup-"));
    const [old] = await setUp();
    // In the order of the list: the other store comes first.
    fleet.list(store("two", "Changed"), store("one", "Slow"));
    const failing = fleet.start(["apply", "one"]);
    await caught("the release is being upgraded", helmIs("one", "pending-upgrade"));
    failing.child.kill("SIGINT");
    await failing.done;
    await fleet.quiet();
    assert.equal(await fleet.helmStatus("one"), "failed");

    holdReceipt("two");
    const early = fleet.start(["apply", "two", "one", "--concurrency", "1", "--json"]);
    await caught("the first run is at its first store", async () => fleet.cli("two") !== undefined);
    const late = fleet.start(["apply", "one", "--json"]);
    await caught("the second run upgrades the other store", helmIs("one", "pending-upgrade"));
    await caught("it has its own set-up Job in place", async () => {
      const [job, ...others] = await setUp();
      return job !== undefined && job !== old && others.length === 0;
    });
    const jobs = await setUp();
    release("two");
    await caught("the first run waits for the second", async () => /one: waiting for operation \S+ of \S+ on \S+, process \d+/.test(early.so.stderr));
    assert.equal(await fleet.helmStatus("one"), "pending-upgrade");
    assert.deepEqual(await setUp(), jobs);

    await fleet.kubectl("--namespace", fleet.namespace("one"), "annotate", "pods", "--all", "storefleet.dev/simulate-");
    const won = fleet.rows(await late.done).rows.one!;
    assert.deepEqual([won.result, won.error], ["updated", null]);
    assert.match(won.repairs.join(), /took back what a failed or interrupted Helm operation had begun/);
    const { rows } = fleet.rows(await early.done);
    assert.deepEqual([rows.two!, rows.one!].map(({ result, error, repairs }) => [result, error, repairs]), [["updated", null, []], ["unchanged", null, []]]);
    await fleet.assertSound("two", "one");
  });
});

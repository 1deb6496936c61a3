import assert from "node:assert/strict";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Fleet } from "./helpers/fleet";
import { until } from "./helpers/until";

const store = (name: string, title = "Fine") => `{ name: ${name}, engine: woocommerce, title: "${title}" }`;
const misleading = "stack 'local.bad' already exists, no stack named 'local.bad' found, the stack is currently locked by 1 lock(s)";

/** What a store's program does while `faults/bad` names one of these. */
const faults = {
  exception: 'throw new Error("thrown by the program")',
  rejection: 'void Promise.reject(new Error("rejected by the program"))',
  exit: "process.exit(7)",
  // Until the file is gone.
  waiting: 'while (require("node:fs").existsSync(faultFile)) await new Promise((next) => setTimeout(next, 20))',
  memory: "for (const hoard: unknown[] = []; ; ) hoard.push(new Array(100000).fill(hoard.length))",
};

describe("stores that fail", function () {
  this.timeout(240_000);
  const fleet = new Fleet();
  const folder = join(fleet.folder, "faults");

  const statusOf = async (name: string) => (await fleet.status(name))[0]!;
  const byHand = (verb: string) => fleet.pulumi(verb, "--stack", "local.bad", "--yes", "--skip-preview");

  before(async () => {
    fleet.environment.HELM_TIMEOUT = "10"; // what cannot become ready is not waited for
    mkdirSync(folder);
    const cases = Object.entries(faults).map(([name, body]) => `if (fault === ${JSON.stringify(name)}) ${body};`);
    fleet.patch(
      "stores/index.ts",
      "  const place = {",
      `  const faultFile = ${JSON.stringify(folder)} + "/" + spec.name;
  const fault = require("node:fs").existsSync(faultFile) ? require("node:fs").readFileSync(faultFile, "utf8") : "";
  ${cases.join("\n  ")}
  const place = {`,
    );
    fleet.patch(
      "components/woocommerce/chart/templates/wordpress.yaml",
      "      annotations:\n        checksum/config:",
      `      annotations:
        {{- if eq .Values.shop.title "No image" }}
        storefleet.dev/simulate: image-pull-error
        {{- end }}
        {{- if eq .Values.shop.title "Misleading" }}{{ fail ${JSON.stringify(misleading)} }}{{ end }}
        checksum/config:`,
    );
    fleet.list(store("good"), store("bad", "No image"));
    await fleet.up();
  });
  after(() => fleet.remove());

  // 8
  it("a bad image fails its own store, with the pod's reason, and a fix converges", async () => {
    const { ended, rows } = await fleet.apply();
    assert.equal(ended.code, 1);
    assert.deepEqual([rows.good!.result, rows.bad!.result], ["created", "failed"], ended.stdout);
    assert.match(rows.bad!.error!, /wordpress.*ImagePullBackOff: Back-off pulling image.*\n.*release woocommerce/s);
    const { phase, reason } = await statusOf("bad");
    assert.equal(phase, "FAILED");
    assert.match(reason!, /wordpress.*ImagePullBackOff: Back-off pulling image/);
    assert.match((await fleet.ok("events", "bad")).stdout, /ImagePullBackOff/);
    await fleet.assertSound("good");

    // The same once more is the same once more, and the summary for people has the reason in its one line.
    const again = await fleet.stores("apply", "bad");
    assert.equal(again.code, 1);
    assert.match(again.stdout, /bad +failed .*ImagePullBackOff/);
  });

  // 9
  it("is never called good while Helm says failed, and apply repairs that", async () => {
    // The pods recover, Helm's record does not.
    await fleet.kubectl("--namespace", fleet.namespace("bad"), "annotate", "pods", "--all", "storefleet.dev/simulate-");
    await byHand("refresh");
    const up = await byHand("up");
    assert.notEqual(up.code, 0, up.stdout);
    assert.match(up.stdout + up.stderr, /Helm does not have the release as deployed, but as "failed"/);
    assert.equal(await fleet.helmStatus("bad"), "failed");
    assert.equal((await statusOf("bad")).phase, "FAILED");
    const { ended, rows } = await fleet.apply("bad");
    assert.equal(ended.code, 0, ended.stdout);
    assert.ok(rows.bad!.repairs.length > 0);
    await fleet.assertSound("bad");
  });

  it("recovers from an update that failed, however it had changed the pods", async () => {
    fleet.list(store("good"), store("bad", "Fine"));
    assert.equal((await fleet.apply("bad")).rows.bad!.result, "updated");
    fleet.list(store("good"), store("bad", "No image"));
    assert.equal((await fleet.apply()).rows.bad!.result, "failed");
    assert.equal((await statusOf("bad")).phase, "FAILED");
    fleet.list(store("good"), store("bad", "Fine"));
    const { ended, rows } = await fleet.apply();
    assert.equal(ended.code, 0, ended.stdout);
    assert.deepEqual([rows.good!.result, rows.bad!.result], ["unchanged", "updated"]);
    await fleet.assertSound("good", "bad");
  });

  // 6
  it("a chart's own words are taken for nothing else", async () => {
    fleet.list(store("good"), store("bad", "Misleading"));
    const { rows } = await fleet.apply();
    assert.equal(rows.bad!.result, "failed");
    assert.ok(rows.bad!.error!.includes(misleading), rows.bad!.error!);
    assert.deepEqual(rows.bad!.repairs, []);
    assert.ok(fleet.resources("bad").length > 10);
  });

  it("a plan that is not whole says so, is not saved, and ends with a code of its own", async () => {
    const file = join(fleet.folder, "saved.plan");
    fleet.list(store("bad", "Planned"), store("good", "Planned"));
    writeFileSync(join(folder, "bad"), "exception");
    const broken = await fleet.stores("plan", "--out", file);
    assert.equal(broken.code, 1);
    assert.match(broken.stdout, /bad +update +.*thrown by the program[^]*This is no whole plan: of 2 stores 1 could not be looked at/);
    assert.match(broken.stderr, /not saved/);

    writeFileSync(join(folder, "bad"), "waiting");
    const plan = fleet.start(["plan", "--out", file, "--concurrency", "1"]);
    await until("a preview is under way", async () => fleet.cli("bad") !== undefined, 60, 20);
    plan.child.kill("SIGINT");
    const cut = await plan.done;
    rmSync(join(folder, "bad"));
    assert.equal(cut.code, 130);
    assert.match(cut.stdout, /bad +update +not looked at\ngood +update +not looked at\n/);
    assert.doesNotMatch(cut.stdout, /no difference|Nothing to do/);
    assert.equal(existsSync(file), false);
  });

  // 10
  it("a program that throws, exits or eats all memory fails its own store", async () => {
    for (const [index, fault] of Object.keys(faults).filter((name) => name !== "waiting").entries()) {
      writeFileSync(join(folder, "bad"), fault);
      fleet.list(store("good", `Title ${index}`), store("bad", `Title ${index}`));
      const { ended, rows } = await fleet.apply();
      assert.deepEqual([fault, rows.good!.result, rows.bad!.result, ended.code], [fault, "updated", "failed", 1], ended.stdout);
      const expected: Record<string, RegExp> = { exception: /thrown by the program/, rejection: /rejected by the program/, exit: /ended its process \(exit code 7\)/, memory: /ran out of memory/ };
      assert.match(rows.bad!.error!, expected[fault]!);
      await fleet.quiet();
      assert.deepEqual(fleet.locks("bad"), [], fault);
      assert.equal((await statusOf("bad")).phase, "FAILED");
    }
    // As it was before: nothing is left of the failures.
    rmSync(join(folder, "bad"));
    const { ended, rows } = await fleet.apply();
    assert.equal(ended.code, 0, ended.stdout);
    assert.equal(rows.bad!.result, "updated");
    await fleet.assertSound("good", "bad");
  });
});

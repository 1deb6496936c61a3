import assert from "node:assert/strict";
import { appendFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Answer } from "../../scripts/operations/answers";
import { annotations } from "../../stores/labels";
import { Fleet } from "./helpers/fleet";
import { until } from "./helpers/until";

const names = ["acme", "bikes", "cargo", "drums"];
const wordpress = "components/woocommerce/chart/templates/wordpress.yaml";
const sound = "      annotations:\n        checksum/config:";
/** A release whose image the node refuses in one shop. */
const bad = `      annotations:
        {{- if eq .Values.shop.title "Bikes" }}
        storefleet.dev/simulate: image-pull-error
        {{- end }}
        checksum/config:`;

describe("a roll-out", function () {
  this.timeout(240_000);
  const fleet = new Fleet();
  const faults = join(fleet.folder, "faults");

  /** A fleet of four whose canary is bikes, found by its label. */
  function list(canaryBakes: string, titles: Record<string, string> = {}): void {
    const stores = names.map((name) => `  - { name: ${name}, engine: woocommerce${titles[name] ? `, title: ${titles[name]}` : ""}${name === "bikes" ? ", labels: { tier: canary }" : ""} }\n`);
    const waves = `rollout:\n  waves:\n    - { name: canary, select: { tier: canary }, bake: ${canaryBakes} }\n    - { name: rest }\n`;
    writeFileSync(join(fleet.project, "config/stores.local.yaml"), `${waves}stores:\n${stores.join("")}`);
  }
  /** Another release, which changes nothing but the receipts. */
  const anotherRelease = () => appendFileSync(join(fleet.project, "components/woocommerce/quota.ts"), "\n// another version\n");
  const marks = async (name: string) => (await fleet.kube.get(`/api/v1/namespaces/${fleet.namespace(name)}`))!.metadata.annotations!;
  /** Whether it passed its gate with what it was to have last. */
  const isVerified = async (name: string) => ((its) => its[annotations.verified] === its[annotations.digest])(await marks(name));
  const results = ({ stores }: Pick<Answer<"apply">, "stores">) => Object.fromEntries(stores.map(({ name, result }) => [name, result]));
  async function run(...args: string[]): Promise<{ code: number | null; answer: Answer<"apply"> }> {
    const { code, stdout, stderr } = await fleet.stores(...args, "--json");
    assert.notEqual(stdout, "", stderr);
    return { code, answer: JSON.parse(stdout) as Answer<"apply"> };
  }
  const statusNow = () => fleet.json<Answer<"status">>("status");

  before(async () => {
    fleet.environment.HELM_TIMEOUT = "10"; // what cannot become ready is not waited for
    mkdirSync(faults);
    fleet.patch("stores/index.ts", "  const place = {", `  if (require("node:fs").existsSync(${JSON.stringify(faults)} + "/" + spec.name)) throw new Error("thrown by the program");\n  const place = {`);
    list("0s");
    await fleet.up();
    const { code, answer } = await run("apply");
    assert.deepEqual([code, answer.rollout, results(answer)], [0, null, Object.fromEntries(names.map((name) => [name, "created"]))]);
  });
  after(() => fleet.remove());

  it("of a bad image halts after one store, while the others serve what they had", async () => {
    fleet.patch(wordpress, sound, bad);
    const planned = await fleet.ok("plan");
    assert.match(planned.stderr, /note: apply changes 4 stores in waves: canary, rest/);
    const { code, answer } = await run("apply");
    assert.equal(code, 1);
    assert.deepEqual(results(answer), { acme: "deferred", bikes: "failed", cargo: "deferred", drums: "deferred" });
    assert.match(answer.stores.find(({ name }) => name === "bikes")!.error!, /ImagePullBackOff/);
    assert.deepEqual([answer.rollout!.state, answer.rollout!.failed.map(({ name }) => name), answer.rollout!.waves.map(({ members }) => members)], ["halted", ["bikes"], [1, 3]]);

    const status = await statusNow();
    assert.deepEqual(status.stores.map(({ name, phase }) => `${name} ${phase}`), ["acme READY", "bikes FAILED", "cargo READY", "drums READY"]);
    assert.equal(status.rollout!.state, "halted");
    const again = await fleet.stores("apply");
    assert.equal(again.code, 1);
    assert.match(again.stdout, /bikes +deferred +roll-out \S+ halted: bikes: .*mend that and apply, or go on: \.\/scripts\/stores upgrade --resume/);
  });

  it("to the release that mends it takes its place, and begins with the store that has nothing to lose", async () => {
    list("0s", { cargo: "Edited" });
    fleet.patch(wordpress, bad, sound.replace("annotations:", "annotations:\n        example.com/release: mended"));
    const { code, answer } = await run("apply");
    assert.deepEqual([code, answer.rollout!.state, results(answer)], [0, "done", Object.fromEntries(names.map((name) => [name, "updated"]))], JSON.stringify(answer.stores.map(({ error }) => error)));
    for (const name of names) assert.equal(await isVerified(name), true, name);
    assert.deepEqual([(await statusNow()).rollout, (await statusNow()).stores.map(({ phase }) => phase)], [null, names.map(() => "READY")]);
    const idle = await run("apply");
    assert.deepEqual([idle.code, idle.answer.rollout, idle.answer.operation], [0, null, null]);
  });

  it("goes on where it halted, with the failed store first, once that is mended", async () => {
    writeFileSync(join(faults, "bikes"), "");
    anotherRelease();
    assert.equal((await run("apply")).answer.rollout!.state, "halted");
    // An edit of the list goes its way meanwhile, unless its store has yet to get the release.
    assert.deepEqual(results((await run("apply", "acme")).answer), { acme: "deferred" });
    rmSync(join(faults, "bikes"));
    const { code, answer } = await run("upgrade", "--resume");
    assert.deepEqual([code, answer.rollout!.state, results(answer)], [0, "done", Object.fromEntries(names.map((name) => [name, "updated"]))], JSON.stringify(answer));
  });

  it("that is killed is left to the next run, and no second one runs beside it", async () => {
    list("60s", { cargo: "Edited" });
    anotherRelease();
    const before = await marks("bikes");
    const first = fleet.start(["apply"]);
    await until("the canary has passed its gate", async () => (await isVerified("bikes")) && (await marks("bikes"))[annotations.digest] !== before[annotations.digest], 120);
    await until("it bakes", async () => (await statusNow()).rollout?.bakeEnds !== null, 60);
    const second = await run("apply");
    assert.deepEqual([second.code, results(second.answer)], [4, { acme: "deferred", bikes: "unchanged", cargo: "deferred", drums: "deferred" }]);
    assert.match(second.answer.stores[0]!.error!, /the roll-out is carried out by operation .* process \d+/);
    first.child.kill("SIGKILL");
    await first.done;
    await fleet.quiet();

    const left = await run("apply", "--no-wait");
    assert.deepEqual([left.code, left.answer.rollout!.state, left.answer.rollout!.wave], [4, "running", 1]);
    const { code, answer } = await run("apply");
    assert.deepEqual([code, answer.rollout!.id, answer.rollout!.state, results(answer)], [0, left.answer.rollout!.id, "done", { acme: "updated", bikes: "unchanged", cargo: "updated", drums: "updated" }], JSON.stringify(answer));
  });

  it("that is aborted leaves stores as they are, until somebody says otherwise", async () => {
    anotherRelease();
    assert.equal((await run("apply", "--no-wait")).code, 4);
    const aborted = await run("upgrade", "--abort");
    assert.deepEqual([aborted.code, aborted.answer.rollout!.state], [0, "aborted"]);
    const held = await run("apply");
    assert.deepEqual([held.code, results(held.answer)], [0, { acme: "held", bikes: "unchanged", cargo: "held", drums: "held" }]);
    const one = await run("upgrade", "acme");
    assert.deepEqual([one.code, results(one.answer), await isVerified("acme")], [0, { acme: "updated" }, true]);
    const rest = await run("upgrade");
    assert.deepEqual([rest.code, rest.answer.rollout!.state, results(rest.answer)], [0, "done", { cargo: "updated", drums: "updated" }]);
    await fleet.assertSound(...names);
  });
});

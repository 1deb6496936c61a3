import assert from "node:assert/strict";
import { namespaceOf } from "../../../../../config/names";
import { policyOf, rolloutSchema } from "../../../../../config/rollout";
import type { StoreSpec } from "../../../../../config/spec";
import { Claims, rolloutClaim } from "../../../../../scripts/engine/claims";
import type { Operation, Outcome } from "../../../../../scripts/engine/operation";
import type { RunContext } from "../../../../../scripts/engine/run-context";
import type { StoreRecord } from "../../../../../scripts/engine/store-record";
import { observeFleet } from "../../../../../scripts/fleet/observe";
import { decideFleet } from "../../../../../scripts/operations/decide";
import type { Fleet } from "../../../../../scripts/operations/open-fleet";
import { prepareRollout, roll, type Asked } from "../../../../../scripts/operations/rollout";
import { placed } from "../../../../../scripts/machine/os/placed-process";
import { patience } from "../../../../../scripts/operations/rollout/gate";
import { annotations, labels, receiptName } from "../../../../../stores/labels";
import { controllerPod, FakeKube } from "../../../helpers/fake-kube";
import { fakeEngine, fleetOf, putStore, recordedProgress, specOf, unrecorded } from "../../../helpers/fleet";

const names = ["acme", "bikes", "cargo", "drums"];
const pathOf = (name: string) => `/api/v1/namespaces/${namespaceOf("local", name)}`;
const policy = policyOf("local", rolloutSchema.parse({ waves: [{ name: "canary", select: { tier: "canary" } }, { name: "rest" }] }))!;

/** Four stores at one release, of which bikes is the canary; the engine brings a store to what is wanted, unless its release is bad for it. */
class Stage {
  readonly kube = new FakeKube();
  readonly ups: string[] = [];
  readonly said: string[] = [];
  bad: string[] = [];
  release = "r1";
  specs: StoreSpec[] = names.map((name) => specOf(name, name === "bikes" ? { labels: { tier: "canary" } } : {}));

  constructor() {
    this.kube.put("/apis/networking.k8s.io/v1/ingressclasses/traefik").put(...controllerPod);
    for (const name of names) {
      putStore(this.kube, name);
      const mine = { labels: { [labels.env]: "local", [labels.store]: name } };
      this.kube.put(`/apis/networking.k8s.io/v1/namespaces/${namespaceOf("local", name)}/ingresses/woocommerce`, { metadata: mine });
      this.kube.put(`/apis/apps/v1/namespaces/${namespaceOf("local", name)}/deployments/wordpress`, { metadata: mine, spec: { replicas: 1 }, status: { readyReplicas: 1 } });
      this.reach(name, true);
    }
  }

  digestOf = (name: string) => `list-${name}.${this.release}`;

  private reach(name: string, arrives: boolean): void {
    const digest = this.digestOf(name);
    this.kube.objects.get(pathOf(name))!.metadata.annotations![annotations.digest] = digest;
    if (arrives) this.kube.objects.get(`${pathOf(name)}/configmaps/${receiptName}`)!.data!.digest = digest;
  }

  async fleet(): Promise<Fleet> {
    const { session, ...rest } = fleetOf(this.specs, []);
    const wanted = rest.wanted.map((it) => ({ ...it, digest: this.digestOf(it.spec.name) }));
    return { ...rest, session: { ...session, kube: this.kube.asKube, cluster: { ...session.cluster, simulated: true } }, wanted, policy, observed: await observeFleet(this.kube.asKube, "local") };
  }

  /** What apply does with what is not changed at once. */
  async run(more: Partial<Asked> = {}, record: StoreRecord = unrecorded()) {
    const fleet = await this.fleet();
    const asked: Asked = { names: [], anyUpdates: false, ...more };
    const decisions = decideFleet(fleet, { prune: false, skipUnchanged: true, names: asked.names });
    const prepared = await prepareRollout(fleet, decisions, asked);
    const { engine } = fakeEngine([], { kube: this.kube });
    const pool = {
      run: async ({ spec }: Operation): Promise<Outcome> => {
        const { name } = spec!;
        const fails = this.bad.includes(name);
        this.ups.push(name);
        this.reach(name, !fails);
        return { changes: { create: 0, update: 1, replace: 0, delete: 0 }, steps: [], ...(fails && { failure: { kind: "resource", message: "no image" } }) };
      },
    };
    const context = { ...engine, session: fleet.session, pool } as unknown as RunContext;
    const { stores, rollout } = await roll({ fleet, scope: { env: "local" }, context, record, lanes: 1, progress: recordedProgress() }, prepared, asked, (text) => this.said.push(text));
    return { atOnce: prepared.atOnce.map(({ name, action }) => `${name} ${action}`), results: Object.fromEntries(stores.map(({ name, result }) => [name, result])), errors: stores.map(({ error }) => error), rollout };
  }

  verified = () => names.filter((name) => this.kube.objects.get(pathOf(name))!.metadata.annotations![annotations.verified] === this.digestOf(name));
}

const all = (result: string) => Object.fromEntries(names.map((name) => [name, result]));

describe("rolling out", () => {
  it("costs a fleet that is as wanted one list call, and leaves no record", async () => {
    const stage = new Stage();
    const { results, rollout, atOnce } = await stage.run();
    assert.deepEqual([results, rollout, atOnce, stage.ups], [{}, undefined, names.map((name) => `${name} unchanged`), []]);
    assert.equal(stage.kube.reads.filter(({ path }) => path.includes("storefleet-control")).length, 1);
    assert.deepEqual(stage.kube.changes, []);
  });

  it("brings another release to the canary and then to the rest, and marks what passed its gate", async () => {
    const stage = new Stage();
    stage.release = "r2";
    const { results, rollout } = await stage.run();
    assert.deepEqual([results, rollout!.state, stage.ups[0], stage.verified()], [all("updated"), "done", "bikes", names]);
    assert.deepEqual((await stage.run()).rollout, undefined);
  });

  it("halts, waits for somebody, and goes on with the failed one first when it is told to", async () => {
    const stage = new Stage();
    [stage.release, stage.bad] = ["r2", ["bikes"]];
    const halted = await stage.run();
    assert.deepEqual([halted.results, halted.rollout!.state, stage.ups], [{ acme: "deferred", bikes: "failed", cargo: "deferred", drums: "deferred" }, "halted", ["bikes"]]);
    const again = await stage.run();
    assert.deepEqual([again.results, stage.ups], [all("deferred"), ["bikes"]]);
    assert.match(again.errors[0]!, /halted: bikes: no image — mend that and apply, or go on: .*upgrade --resume/);
    stage.bad = [];
    const { results, rollout } = await stage.run({ upgrade: true, resume: true });
    assert.deepEqual([results, rollout!.state, stage.ups.slice(0, 2), stage.verified()], [all("updated"), "done", ["bikes", "bikes"], names]);
  });

  it("to another release takes the place of one that halted, and the same again where it is taken back", async () => {
    const stage = new Stage();
    [stage.release, stage.bad] = ["r2", ["bikes"]];
    const { rollout: first } = await stage.run();
    [stage.release, stage.bad] = ["r3", []];
    const { rollout, results } = await stage.run();
    assert.notEqual(rollout!.id, first!.id);
    assert.deepEqual([rollout!.state, results], ["done", all("updated")]);
    const states = [...stage.kube.objects.values()].flatMap(({ metadata }) => (metadata.name.startsWith("rollout-") ? [metadata.labels!["storefleet.dev/state"]] : []));
    assert.deepEqual(states.sort(), ["done", "superseded"]);
  });

  it("sets aside what is not well, and what failed before is no such thing", async () => {
    const stage = new Stage();
    stage.release = "r2";
    stage.kube.put(`/apis/apps/v1/namespaces/${namespaceOf("local", "cargo")}/deployments/wordpress`, { metadata: { labels: { [labels.env]: "local", [labels.store]: "cargo" } }, spec: { replicas: 1 }, status: {} });
    const { results, rollout, errors } = await stage.run();
    assert.deepEqual([results, rollout!.state], [{ acme: "updated", bikes: "updated", cargo: "sick", drums: "updated" }, "done"]);
    assert.match(errors.find((it) => it !== null)!, /^FAILED: wordpress 0\/1 ready/);
  });

  it("fails a store that has the release and does not get well, and says so on the store", async () => {
    const stage = new Stage();
    stage.release = "r2";
    const deployment = stage.kube.objects.get(`/apis/apps/v1/namespaces/${namespaceOf("local", "bikes")}/deployments/wordpress`)!;
    const { before } = stage.kube;
    // From the moment at which it has the release.
    stage.kube.before = (path) => {
      before(path);
      if (stage.ups.length > 0) deployment.status = {};
    };
    // Nobody waits for a minute here.
    patience.within = 0;
    try {
      const { results, rollout } = await stage.run();
      assert.deepEqual([results.bikes, results.acme, rollout!.state], ["failed", "deferred", "halted"]);
      assert.match(stage.kube.objects.get(pathOf("bikes"))!.metadata.annotations![annotations.lastError]!, /has the release, and is not READY: FAILED: wordpress 0\/1 ready/);
    } finally {
      patience.within = 60_000;
    }
  });

  it("leaves to a named apply what is no other release; upgrade takes the named ones, and gates them", async () => {
    const stage = new Stage();
    stage.release = "r2";
    const named = await stage.run({ names: ["acme"], anyUpdates: true });
    assert.deepEqual([named.results, stage.ups], [{ acme: "deferred" }, []]);
    assert.match(named.errors[0]!, /upgrade acme/);
    const { results } = await stage.run({ names: ["acme"], upgrade: true, anyUpdates: true });
    assert.deepEqual([results, stage.ups, stage.verified()], [{ acme: "updated" }, ["acme"], ["acme"]]);
  });

  it("that was aborted holds what it did not reach; a new one is begun by upgrade", async () => {
    const stage = new Stage();
    [stage.release, stage.bad] = ["r2", ["bikes"]];
    await stage.run();
    const record = [...stage.kube.objects].find(([path]) => path.includes("/rollout-"))!;
    await stage.kube.merge(record[0], { metadata: { labels: { "storefleet.dev/state": "aborted" } } });
    assert.deepEqual((await stage.run()).results, all("held"));
    stage.bad = [];
    const { results, rollout } = await stage.run({ upgrade: true });
    assert.deepEqual([results, rollout!.state], [all("updated"), "done"]);
  });

  it("is refused while another run has it, and taken over when that is silent", async () => {
    const stage = new Stage();
    stage.release = "r2";
    let now = Date.parse("2026-11-27T12:00:00Z");
    stage.kube.now = () => now;
    const claimant = (inWords: string) => new Claims(stage.kube.asKube, { env: "local", inWords, process: { ...placed(process.pid), place: { boot: "elsewhere", machine: "", namespace: "" } } });
    await claimant("operation 1, process 7 on another").take(rolloutClaim, () => {});
    const own = claimant("operation 2");
    const record: StoreRecord = {
      ...unrecorded(),
      claim: async (what) => {
        const heldBy = await own.take(what, () => {});
        return heldBy === undefined ? { signal: new AbortController().signal, giveBack: () => own.giveBack(what) } : { heldBy };
      },
    };
    const refused = await stage.run({}, record);
    assert.deepEqual([refused.results, stage.ups], [all("deferred"), []]);
    assert.match(refused.errors[0]!, /carried out by operation 1, process 7 on another/);
    now += 16_000;
    assert.deepEqual((await stage.run({}, record)).results, all("updated"));
    assert.equal([...stage.kube.objects.keys()].some((path) => path.endsWith("/leases/rollout")), false, "given back");
  });

  it("verifies first what was brought to the release by hand, or by a run that was killed before its gate", async () => {
    const stage = new Stage();
    stage.release = "r2";
    stage.bad = ["bikes"];
    await stage.run();
    stage.bad = [];
    const record = [...stage.kube.objects].find(([path]) => path.includes("/rollout-"))!;
    await stage.kube.merge(record[0], { metadata: { labels: { "storefleet.dev/state": "running" } }, data: { rollout: record[1].data!.rollout!.replace(/"failed":\{[^}]*\}/, '"failed":{}') } });
    // `pulumi up` of the canary.
    (stage as unknown as { reach(name: string, arrives: boolean): void }).reach("bikes", true);
    delete stage.kube.objects.get(pathOf("bikes"))!.metadata.annotations![annotations.lastError];
    stage.ups.splice(0);
    const { results } = await stage.run();
    assert.deepEqual([stage.ups.includes("bikes"), results.bikes, stage.verified()], [false, "unchanged", names]);
  });
});

import assert from "node:assert/strict";
import { hostOf, namespaceOf } from "../../../../config/names";
import { runDecisions } from "../../../../scripts/engine/run-decisions";
import type { Action, Decision } from "../../../../scripts/fleet/classify";
import { hostHolders, withHosts } from "../../../../scripts/fleet/hosts";
import { labels } from "../../../../stores/labels";
import { FakeKube } from "../../helpers/fake-kube";
import { fakeEngine, recordedProgress, specOf } from "../../helpers/fleet";

const domain = "shop.example.org";
const hostSuffix = ".example.com";
const ingress = (kube: FakeKube, namespace: string, host: string, its: Record<string, string> = {}) =>
  kube.put(`/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses/web`, { metadata: { labels: its }, spec: { rules: [{ host }, {}] } });
const ofStore = (kube: FakeKube, store: string, host: string, env: "local" | "prod" = "local") =>
  ingress(kube, namespaceOf(env, store), host, { [labels.env]: env, [labels.store]: store });

/** What becomes of decisions where these stores are listed with these domains. */
async function look(kube: FakeKube, listed: Record<string, string[]>, actions: Record<string, Action>): Promise<Record<string, Decision>> {
  const specs = Object.entries(listed).map(([name, domains]) => specOf(name, { domains }));
  const decisions = Object.entries(actions).map(([name, action]): Decision => ({ name, action }));
  const looked = withHosts(decisions, { env: "local", hostSuffix, specs, holders: await hostHolders(kube.asKube) });
  assert.ok(kube.reads.length === 1, "one call for the whole fleet");
  return Object.fromEntries(looked.map((it) => [it.name, it]));
}

describe("hosts that an Ingress holds already", () => {
  it("a store keeps its own, and takes free ones", async () => {
    const kube = ofStore(new FakeKube(), "acme", domain);
    const { acme, fresh } = await look(kube, { acme: [domain], fresh: ["free.example.org"] }, { acme: "update", fresh: "create" });
    assert.deepEqual([acme, fresh], [{ name: "acme", action: "update" }, { name: "fresh", action: "create" }]);
  });

  it("an orphan's domain is refused, with the two ways out; pruned in the same run it is free after that", async () => {
    const orphan = () => ofStore(new FakeKube(), "old-shop", domain);
    const kept = await look(orphan(), { "new-shop": [domain] }, { "new-shop": "create", "old-shop": "orphan" });
    assert.equal(kept["new-shop"]!.reason, `${domain} is held by store "old-shop", which left the list — remove that store (./scripts/stores destroy old-shop), or take the domain from new-shop`);
    const pruned = await look(orphan(), { "new-shop": [domain] }, { "new-shop": "create", "old-shop": "delete" });
    assert.deepEqual([pruned["new-shop"]!.reason, pruned["new-shop"]!.after], [undefined, ["old-shop"]]);
  });

  it("another environment's, the environment's own and somebody else's are refused by name, generated hosts too", async () => {
    const refusal = async (kube: FakeKube, domains: string[]) => (await look(kube, { acme: domains }, { acme: "create" })).acme!.reason;
    assert.equal(await refusal(ofStore(new FakeKube(), "acme", domain, "prod"), [domain]), `${domain} is held by Ingress web in namespace ${namespaceOf("prod", "acme")}, of store "acme" of the environment "prod" — take the host from that, or from acme`);
    assert.match((await refusal(ingress(new FakeKube(), "storefleet-mail", "mail.example.com", { [labels.env]: "local" }), ["mail.example.com"]))!, /of the environment "local" itself/);
    assert.match((await refusal(ingress(new FakeKube(), "blog", hostOf("local", "acme", hostSuffix).toUpperCase()), []))!, /^store-acme-.* is held by Ingress web in namespace blog, of somebody else/);
    // Labels alone make nobody the owner: a copy in another namespace holds the host as well.
    assert.ok(await refusal(ingress(new FakeKube(), "copy", domain, { [labels.env]: "local", [labels.store]: "acme" }), [domain]));
  });

  it("a domain moves between listed stores, the taker after the giver; alone the taker is refused", async () => {
    const kube = () => ofStore(new FakeKube(), "giver", domain);
    const both = await look(kube(), { taker: [domain], giver: [] }, { taker: "update", giver: "update" });
    assert.deepEqual([both.taker!.after, both.giver!.after, both.taker!.reason], [["giver"], undefined, undefined]);
    const alone = await look(kube(), { taker: [domain], giver: [] }, { taker: "update" });
    assert.match(alone.taker!.reason!, /still held by store "giver", which gives it up only when it is applied: apply both together/);
  });

  it("a swap is refused for both, since each would wait for the other", async () => {
    const kube = ofStore(ofStore(new FakeKube(), "one", "one.example.org"), "two", "two.example.org");
    const { one, two, three } = await look(kube, { one: ["two.example.org"], two: ["one.example.org"], three: [] }, { one: "update", two: "update", three: "update" });
    assert.match(one!.reason!, /^takes a domain from two, which takes one in return/);
    assert.match(two!.reason!, /^takes a domain from one/);
    assert.equal(three!.reason, undefined);
  });
});

describe("apply with hosts in between", () => {
  const specs = new Map(["taker", "giver", "held"].map((name) => [name, specOf(name)]));
  const asDecided = (decision: Decision) => decision;
  const decisions: Decision[] = [
    { name: "taker", action: "update", after: ["giver"] },
    { name: "giver", action: "update" },
    { name: "held", action: "refused", reason: "its host is held" },
  ];

  it("a store comes after the one that gives it a host, and a refused one is not touched", async () => {
    const { engine, operations } = fakeEngine();
    const applied = await runDecisions(engine, specs, decisions, asDecided, 4, recordedProgress());
    assert.deepEqual(operations.map(({ stack }) => stack), ["local.giver", "local.taker"]);
    assert.deepEqual(applied.map(({ name, result, error }) => [name, result, error]), [["taker", "updated", null], ["giver", "updated", null], ["held", "refused", "its host is held"]]);
  });

  it("takes nothing from a store that failed to give it", async () => {
    const { engine, operations } = fakeEngine([{ kind: "resource", message: "no" }]);
    const [taker] = await runDecisions(engine, specs, decisions, asDecided, 4, recordedProgress());
    assert.deepEqual(operations.map(({ stack }) => stack), ["local.giver"]);
    assert.deepEqual([taker!.result, taker!.error], ["failed", "has to come after giver, which did not get there"]);
  });
});

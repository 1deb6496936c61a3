import assert from "node:assert/strict";
import { requirePermission, wordFor, type Deletion } from "../../../../scripts/operations/deletion-guards";
import { asAgreed } from "../../../../scripts/operations/destroy";
import { FakeKube } from "../../helpers/fake-kube";
import { fleetOf, observedStore, specOf } from "../../helpers/fleet";

const here = { context: "storefleet-local", server: "https://127.0.0.1:6443" };
const away = { context: "prod-eu", server: "https://k8s.example.com" };
const stores = (...names: string[]) => names.map((name) => ({ name }));

describe("deletion guards", () => {
  it("a yes is enough for what is local in both ways; else the store's name is typed, or of several the environment's", () => {
    assert.equal(wordFor("local", here, stores("acme")), null);
    assert.equal(wordFor("local", here, stores("acme", "cargo")), null);
    assert.equal(wordFor("local", away, stores("acme")), "acme");
    assert.equal(wordFor("local", away, stores("acme", "cargo")), "local");
    for (const cluster of [here, away]) {
      assert.equal(wordFor("prod", cluster, stores("acme")), "acme");
      assert.equal(wordFor("prod", cluster, stores("acme", "cargo")), "prod");
    }
  });

  const decisions = ["acme", "cargo"].map((name) => ({ name, action: "delete" as const, observed: observedStore(name) }));
  const limits = { maxDeletes: 3, prune: true, names: [] };

  /** A fleet that lists `listed`, on a cluster of this machine. */
  function fleet(...listed: string[]) {
    const kube = new FakeKube();
    return { ...fleetOf(listed.map((name) => specOf(name)), []), session: { env: "local", kube: Object.assign(kube, { server: here.server }), cluster: { context: here.context, simulated: true } } as never };
  }

  it("what is asked for names environment, cluster and what goes", async () => {
    const asked: Deletion[] = [];
    const lost = await requirePermission(decisions, fleet("bikes"), limits, async (deletion) => void asked.push(deletion), true);
    const store = (name: string) => ({ name, createdAt: "2026-01-01T00:00:00Z", volumes: { count: 0, bytes: 0 }, orders: null });
    assert.deepEqual(asked, [{ env: "local", cluster: here, stores: [store("acme"), store("cargo")], saved: true, typed: null }]);
    assert.deepEqual(lost, asked[0]!.stores);
  });

  it("nobody is asked where nothing is deleted, or too much, or by an empty list", async () => {
    const never = () => assert.fail("asked");
    assert.deepEqual(await requirePermission([{ name: "acme", action: "orphan" }], fleet(), limits, never, false), []);
    await assert.rejects(requirePermission(decisions, fleet(), limits, never, false), { code: "refused-deletion", message: /an empty list deletes nothing/ });
    await assert.rejects(requirePermission(decisions, fleet("bikes"), { ...limits, maxDeletes: 1 }, never, false), { code: "refused-deletion", message: /^2 stores left the list \(acme, cargo\), more than --max-deletes 1/, hint: /apply --prune --max-deletes 2$/ });
  });

  it("a no is the end of it", () => assert.rejects(requirePermission(decisions, fleet("bikes"), limits, () => Promise.reject(new Error("no")), false), /^Error: no$/));

  it("of what was agreed to, a store stays that is protected by now, or was made since", () => {
    const [decision] = decisions;
    assert.equal(asAgreed(decision!, observedStore("acme")).action, "delete");
    assert.equal(asAgreed(decision!, undefined).action, "delete");
    assert.equal(asAgreed(decision!, observedStore("acme", { protected: true })).action, "protected");
    const since = { code: "refused-deletion", message: "acme was made anew meanwhile, so it stays" };
    assert.throws(() => asAgreed(decision!, observedStore("acme", { uid: "another" })), since);
    assert.throws(() => asAgreed({ name: "acme", action: "delete" }, observedStore("acme")), since);
  });
});

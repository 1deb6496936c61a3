import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Fleet } from "./helpers/fleet";
import { forEachLimited } from "../../scripts/machine/os/limited";
import { AuditTrail, readTrail } from "../../scripts/operations/records/audit";
import { firstBreak, type AuditEntry, type AuditFields } from "../../scripts/operations/records/chain";
import { readOperations } from "../../scripts/operations/records/operation";
import { recorded } from "../../scripts/operations/records/recorded";
import type { Answer } from "../../scripts/operations/answers";
import { KubeError } from "../../kube";

const about = (store: string): AuditFields => ({
  time: "2026-11-27T12:00:00.000Z", actor: { user: "admin", person: "somebody", host: "laptop" }, via: "cli", action: "store.update", outcome: "succeeded", store,
});

describe("records on a real API server", function () {
  this.timeout(180_000);
  const fleet = new Fleet();
  const segments = "/api/v1/namespaces/storefleet-control/configmaps";

  before(() => fleet.up());
  after(() => fleet.remove());

  it("have a place as soon as the environment is there, which is itself the first entry", async () => {
    const { entries } = await readTrail(fleet.kube);
    assert.deepEqual(entries.map(({ action, outcome }) => [action, outcome]), [["environment.up", "succeeded"]]);
  });

  it("cost a run over 200 stores little: no more than this, where it does nothing else", async () => {
    const names = Array.from({ length: 200 }, (_, at) => `shop-${at}`);
    const started = performance.now();
    const { note } = await recorded({ kube: fleet.kube, env: "local" }, { kind: "apply", stores: Object.fromEntries(names.map((name) => [name, "update"])), limit: 600_000 }, { signal: new AbortController().signal, say: (text) => assert.fail(text) }, async ({ stores, signal }) => {
      await forEachLimited(names, 4, signal, async (name) => {
        const begun = await stores.begin(name, "update");
        assert.ok("signal" in begun);
        stores.end({ name, action: "update", result: "updated", seconds: 1, error: null, repairs: [] });
      });
    }, () => ({ end: "succeeded" }));
    const seconds = (performance.now() - started) / 1000;
    const [last] = await readOperations(fleet.kube, "local", note.id);
    assert.deepEqual([last?.state, Object.values(last!.stores).filter(({ result }) => result === "updated").length], ["succeeded", 200]);
    // Alone on two cores it is a second; with others at work several. Written one by one it was eleven.
    assert.ok(seconds < 9, `${seconds} s`);
    assert.deepEqual(await fleet.kube.list("/apis/coordination.k8s.io/v1/namespaces/storefleet-control/leases"), []);
  });

  it("are appended to by eight at once, and stay whole", async () => {
    const before = (await readTrail(fleet.kube)).entries.length;
    const writers = Array.from({ length: 8 }, () => new AuditTrail(fleet.kube, "local"));
    await Promise.all(writers.flatMap((writer, number) => Array.from({ length: 100 }, (_, at) => writer.append(about(`shop-${number}-${at}`)))));
    const { entries, start } = await readTrail(fleet.kube);
    assert.equal(entries.length, before + 800);
    assert.equal(firstBreak(entries, start), undefined);
  });

  it("are sealed when full: nobody changes them, an administrator neither", async () => {
    const [sealed] = await fleet.kube.list(segments, { labels: "storefleet.dev/record=audit,storefleet.dev/state=sealed" });
    assert.ok(sealed?.immutable);
    await assert.rejects(fleet.kube.merge(`${segments}/${sealed.metadata.name}`, { data: { e000000001: "{}" } }), (error: Error) => error instanceof KubeError && /immutable/.test(error.message));
  });

  it("are exported and taken away, and what stays is proven to go on from there", async () => {
    const [total, file] = [(await readTrail(fleet.kube)).entries.length, join(fleet.folder, "audit.jsonl")];
    assert.match((await fleet.stores("audit", "--prune", "--keep", "100")).stderr, /--prune takes nothing away that is not exported/);
    const { pruned, head, broken } = await fleet.json<Answer<"audit">>("audit", "--prune", "--keep", "100", "--export", file);
    assert.deepEqual([pruned!.entries >= total - 200, pruned!.entries <= total - 100, broken], [true, true, null]);
    const went = readFileSync(file, "utf8").trimEnd().split("\n").map((line) => JSON.parse(line) as AuditEntry);
    const { entries, start } = await readTrail(fleet.kube);
    assert.deepEqual([start.seq, entries.length], [pruned!.entries, total - pruned!.entries + 1]);
    assert.equal(firstBreak([...went, ...entries]), undefined);
    assert.match((await fleet.ok("audit", "--verify", "--anchor", head.hash)).stdout, /^The audit trail is whole/);
  });

  it("name the entry that somebody changed where nobody is kept from it", async () => {
    await new AuditTrail(fleet.kube, "local").append(about("last"));
    const [open] = await fleet.kube.list(segments, { labels: "storefleet.dev/record=audit,storefleet.dev/state=open" });
    const [key = "", text = ""] = Object.entries(open!.data!).find(([, its]) => its.includes("laptop"))!;
    await fleet.kube.merge(`${segments}/${open!.metadata.name}`, { data: { [key]: text.replace("laptop", "desktop") } });
    const { code, stderr } = await fleet.stores("audit", "--verify");
    assert.deepEqual([code, stderr.trim()], [1, `the audit trail is not whole from entry ${Number(key.slice(1))} on: was changed`]);
  });
});

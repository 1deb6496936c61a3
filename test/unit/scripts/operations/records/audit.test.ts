import assert from "node:assert/strict";
import { AuditTrail, readTrail } from "../../../../../scripts/operations/records/audit";
import { firstBreak, type AuditFields } from "../../../../../scripts/operations/records/chain";
import { KubeError } from "../../../../../kube";
import { FakeKube } from "../../../helpers/fake-kube";

const about = (store: string): AuditFields => ({
  time: "2026-11-27T12:00:00.000Z", actor: { user: "admin", person: "somebody", host: "laptop" }, via: "cli", action: "store.update", outcome: "succeeded", store,
});
const collection = "/api/v1/namespaces/storefleet-control/configmaps";
const storesOf = async (kube: FakeKube) => (await readTrail(kube.asKube)).entries.map(({ store }) => store);

describe("the audit trail", () => {
  it("keeps entries in the order of the calls, several of them in one request", async () => {
    const kube = new FakeKube();
    const trail = new AuditTrail(kube.asKube, "local");
    const names = Array.from({ length: 30 }, (_, at) => `shop-${at}`);
    await Promise.all(names.map((name) => trail.append(about(name))));
    assert.deepEqual(await storesOf(kube), names);
    assert.ok(kube.changes.length <= 4, `${kube.changes.length} requests`);
    const { entries, start } = await readTrail(kube.asKube);
    assert.equal(firstBreak(entries, start), undefined);
    assert.deepEqual(trail.head, { seq: 30, hash: entries.at(-1)!.hash });
  });

  it("is appended to by many at once, and loses nothing", async () => {
    const kube = new FakeKube();
    const writers = Array.from({ length: 8 }, () => new AuditTrail(kube.asKube, "local"));
    await Promise.all(writers.flatMap((writer, number) => Array.from({ length: 100 }, (_, at) => writer.append(about(`shop-${number}-${at}`)))));
    const { entries, start } = await readTrail(kube.asKube);
    assert.equal(firstBreak(entries, start), undefined);
    assert.equal(new Set(entries.map(({ store }) => store)).size, 800);
    assert.equal(entries.length, 800);
  });

  it("seals a full segment, and goes on in the next one", async () => {
    const kube = new FakeKube();
    for (let round = 0; round < 10; round++) {
      const trail = new AuditTrail(kube.asKube, "local");
      await Promise.all(Array.from({ length: 30 }, (_, at) => trail.append(about(`shop-${round}-${at}`))));
    }
    const segments = [...kube.objects].filter(([path]) => path.startsWith(`${collection}/`));
    assert.deepEqual(segments.map(([path, { immutable, metadata }]) => [path.slice(-4), immutable ?? false, metadata.labels?.["storefleet.dev/state"]]), [["0000", true, "sealed"], ["0001", true, "sealed"], ["0002", false, "open"]]);
    const { entries, start } = await readTrail(kube.asKube);
    assert.equal(entries.length, 300);
    assert.equal(firstBreak(entries, start), undefined);
  });

  it("goes on where a process died between the next segment and the seal", async () => {
    const kube = new FakeKube();
    const fill = new AuditTrail(kube.asKube, "local");
    for (let at = 0; at < 100; at += 50) await Promise.all(Array.from({ length: 50 }, (_, more) => fill.append(about(`shop-${at + more}`))));
    kube.before = (path) => {
      if (path.endsWith("0000") && kube.objects.has(`${collection}/storefleet-audit-0001`)) throw new KubeError(500, "killed here");
    };
    await assert.rejects(fill.append(about("last")), /killed here/);
    kube.before = () => {};
    await new AuditTrail(kube.asKube, "local").append(about("after"));
    const { entries, start } = await readTrail(kube.asKube);
    assert.equal(entries.at(-1)?.store, "after");
    assert.equal(firstBreak(entries, start), undefined);
    assert.equal(entries.length, 101);
  });

  it("counts what arrived although its answer did not, once", async () => {
    const kube = new FakeKube();
    const trail = new AuditTrail(kube.asKube, "local");
    await trail.append(about("first"));
    const merge = kube.merge.bind(kube);
    // The connection repeats a request whose answer was lost; the second one meets what the first one did.
    kube.merge = async (path, patch) => {
      await merge(path, patch);
      return merge(path, patch);
    };
    await trail.append(about("second"));
    kube.merge = merge;
    await trail.append(about("third"));
    assert.deepEqual(await storesOf(kube), ["first", "second", "third"]);
  });

  it("rejects what could not be written, and goes on after", async () => {
    const kube = new FakeKube();
    const trail = new AuditTrail(kube.asKube, "local");
    kube.before = () => {
      throw new KubeError(403, "no such right");
    };
    await assert.rejects(trail.append(about("lost")), /no such right/);
    kube.before = () => {};
    await trail.append(about("kept"));
    assert.deepEqual(await storesOf(kube), ["kept"]);
  });

  it("says what to do where the environment is older than records are", async () => {
    const kube = new FakeKube();
    kube.create = async () => {
      throw new KubeError(404, 'namespaces "storefleet-control" not found');
    };
    await assert.rejects(new AuditTrail(kube.asKube, "local").append(about("shop")), ({ message, hint, code }: Error & { hint: string; code: string }) => {
      assert.match(message, /no place for records yet/);
      assert.match(hint, /cluster up/);
      return code === "no-environment";
    });
  });

  it("shows an entry that somebody damaged as a break", async () => {
    const kube = new FakeKube();
    const trail = new AuditTrail(kube.asKube, "local");
    for (const name of ["one", "two", "three"]) await trail.append(about(name));
    kube.objects.get(`${collection}/storefleet-audit-0000`)!.data!.e000000002 = "{";
    const { entries, start } = await readTrail(kube.asKube);
    assert.deepEqual(firstBreak(entries, start), { seq: 2, reason: "was changed" });
  });
});

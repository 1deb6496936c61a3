import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { UserError } from "../../../../config/errors";
import { KubeError } from "../../../../kube";
import type { Session } from "../../../../scripts/engine/session";
import { pruneAudit } from "../../../../scripts/operations/audit-prune";
import { AuditTrail, readTrail } from "../../../../scripts/operations/records/audit";
import { firstBreak, noEntries, whereBroken, type AuditEntry } from "../../../../scripts/operations/records/chain";
import { FakeKube } from "../../helpers/fake-kube";

const collection = "/api/v1/namespaces/storefleet-control/configmaps";

describe("pruning the audit trail", () => {
  let folder: string;
  let kube: FakeKube;
  let files = 0;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "storefleet-prune-"));
    kube = new FakeKube();
    await add(450);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const fields = { time: "2026-11-27T12:00:00.000Z", actor: { user: "admin", person: "somebody", host: "laptop" }, via: "cli", action: "store.update", outcome: "succeeded" } as const;
  async function add(count: number): Promise<void> {
    const trail = new AuditTrail(kube.asKube, "local");
    const entry = (at: number) => trail.append({ ...fields, store: `shop-${at}` });
    for (let at = 0; at < count; at += 50) await Promise.all(Array.from({ length: Math.min(50, count - at) }, (_, more) => entry(at + more)));
  }
  const nextFile = () => join(folder, `audit-${(files += 1)}.jsonl`);
  const prune = (keep: number, file = nextFile()) => pruneAudit({ env: "local" }, { keep, file }, { kube: kube.asKube, env: "local" } as unknown as Session);
  const exported = (file: string) => readFileSync(file, "utf8").trimEnd().split("\n").map((line) => JSON.parse(line) as AuditEntry);
  const verified = async () => {
    const { entries, start } = await readTrail(kube.asKube);
    return { broken: whereBroken(entries, start), start, entries };
  };
  const segments = () => [...kube.objects.keys()].filter((path) => path.startsWith(`${collection}/`)).map((path) => Number(path.slice(-4)));

  it("exports whole segments that are old enough, and what stays goes on from them", async () => {
    const { pruned, head } = await prune(200);
    assert.equal(pruned?.entries, 200);
    assert.deepEqual(segments(), [2, 3, 4]);
    assert.equal(createHash("sha256").update(readFileSync(pruned.file)).digest("hex"), pruned.sha256);
    assert.equal(statSync(pruned.file).mode & 0o777, 0o600);
    const went = exported(pruned.file);
    assert.equal(firstBreak(went, noEntries), undefined);
    const { broken, start, entries } = await verified();
    assert.deepEqual([broken, start], [undefined, { seq: 200, hash: went.at(-1)!.hash }]);
    assert.equal(firstBreak([...went, ...entries], noEntries), undefined, "together they are what was there");
    const told = entries.at(-1)!;
    assert.deepEqual([told.action, told.pruned, told.hash, told.reason], ["audit.pruned", start, head.hash, `entries 1 to 200, exported to a file of SHA-256 ${pruned.sha256}`]);
  });

  it("takes nothing that is asked to stay, nor the segment that is written to", async () => {
    assert.equal((await prune(451)).pruned, null);
    assert.equal((await prune(351)).pruned, null);
    assert.equal((await prune(1)).pruned?.entries, 400);
    assert.equal((await prune(1)).pruned, null);
    await add(100);
    const more = (await prune(1)).pruned!.entries;
    const { broken, start } = await verified();
    assert.deepEqual([broken, more >= 100, start.seq], [undefined, true, 400 + more]);
  });

  it("goes over no file, and not without a right to", async () => {
    const file = nextFile();
    await prune(300, file);
    const before = readFileSync(file);
    await assert.rejects(prune(1, file), { code: "usage", message: `${file} is there already; nothing was taken away` });
    assert.deepEqual(readFileSync(file), before);
    const another = nextFile();
    kube.before = (path) => {
      if (path.includes("dryRun")) throw new KubeError(403, "may add to the audit trail, and take nothing away");
    };
    await assert.rejects(prune(1, another), ({ code, hint }: UserError) => code === "forbidden" && /An administrator/.test(hint!));
    assert.deepEqual([existsSync(another), segments()], [false, [1, 2, 3, 4]]);
    kube.before = () => {};
    await assert.rejects(prune(1, join(another, "under/a-file/\0")), /can not be exported: .*; nothing was taken away/);
    assert.deepEqual(segments(), [1, 2, 3, 4]);
  });

  it("keeps what it can not enter, and what is not whole", async () => {
    kube.before = (path) => {
      if (path.endsWith("0004") && !path.includes("dryRun")) throw new KubeError(503, "away");
    };
    await assert.rejects(prune(1), /away/);
    assert.deepEqual(segments(), [0, 1, 2, 3, 4]);
    kube.before = () => {};
    kube.objects.get(`${collection}/storefleet-audit-0001`)!.data!.e000000150 = "{}";
    await assert.rejects(prune(1), /not whole from entry 150 on: was changed; nothing was taken away/);
    assert.deepEqual(segments(), [0, 1, 2, 3, 4]);
  });

  for (const removed of [0, 1, 2, 3]) {
    it(`that is killed after ${removed} of 4 segments loses nothing, leaves a trail that is whole, and is done again`, async () => {
      let left = removed;
      const remove = kube.remove.bind(kube);
      kube.remove = async (path, ...more) => {
        if (!path.includes("dryRun") && (left -= 1) < 0) throw new KubeError(500, "killed here");
        return remove(path, ...more);
      };
      const first = nextFile();
      await assert.rejects(prune(1, first), /killed here/);
      assert.equal(segments().length, 5 - removed);
      assert.equal((await verified()).broken, undefined);
      kube.remove = remove;
      const second = nextFile();
      await prune(1, second);
      assert.deepEqual(segments(), [4]);
      const { broken, entries } = await verified();
      assert.equal(broken, undefined);
      const all = new Map([...exported(first), ...exported(second), ...entries].map((entry) => [entry.seq, entry]));
      assert.equal(firstBreak([...all.values()].sort((a, b) => a.seq - b.seq), noEntries), undefined);
    });
  }

  it("is told apart from what was just taken away", async () => {
    await prune(300);
    await kube.remove(`${collection}/storefleet-audit-0001`);
    assert.deepEqual((await verified()).broken, { seq: 1, reason: "entries 1 to 200 are missing" });
    await prune(1).then(() => assert.fail(), ({ message }: Error) => assert.match(message, /not whole from entry 1 on: entries 1 to 200 are missing/));
  });

  it("is not taken for done by a note of another hash", async () => {
    const { entries } = await readTrail(kube.asKube);
    for (let segment = 0; segment < 2; segment++) await kube.remove(`${collection}/storefleet-audit-000${segment}`);
    const tell = (pruned: AuditEntry["pruned"]) => new AuditTrail(kube.asKube, "local").append({ ...fields, action: "audit.pruned", pruned });
    await tell({ seq: 200, hash: "0".repeat(64) });
    await tell({ seq: 100, hash: entries[99]!.hash });
    await tell({ seq: 999, hash: entries[299]!.hash });
    assert.deepEqual((await verified()).broken?.reason, "entries 1 to 200 are missing");
    await tell({ seq: 200, hash: entries[199]!.hash });
    assert.equal((await verified()).broken, undefined);
  });
});

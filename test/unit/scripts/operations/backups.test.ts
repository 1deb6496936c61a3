import assert from "node:assert/strict";
import { readNote } from "../../../../scripts/engine/restore";
import { overdueSince } from "../../../../scripts/fleet/backups";
import { backupsIn } from "../../../../scripts/operations/backups";
import { lastBackup } from "../../../../scripts/operations/last-backup";
import { choose } from "../../../../scripts/operations/restore";

const snapshot = (id: string, time: string, ...tags: string[]) => ({ short_id: id, time, tags, summary: { total_bytes_processed: 100 } });
const text = [
  `repository\tacme/11111111\t${JSON.stringify([snapshot("aaaa1111", "2026-11-01T00:00:00Z", "scheduled", "orders=3"), snapshot("bbbb2222", "2026-11-02T00:00:00Z", "final", "orders=4", "products=2", "customers=1")])}`,
  "unreadable\tacme/22222222\tFatal: wrong password or no key found",
  `repository\tacme/33333333\t${JSON.stringify([snapshot("cccc3333", "2026-11-05T00:00:00Z", "pre-restore")])}`,
  "end of the list",
].join("\n");

describe("a list of backups", () => {
  const found = backupsIn(text, "33333333");

  it("has the newest first, whose they are, and what is in them", () => {
    assert.deepEqual(found.snapshots.map(({ id, kind, own, orders, products }) => [id, kind, own, orders, products]), [["cccc3333", "pre-restore", true, null, null], ["bbbb2222", "final", false, 4, 2], ["aaaa1111", "scheduled", false, 3, null]]);
    assert.deepEqual(found.unreadable, [{ repository: "acme/22222222", reason: "Fatal: wrong password or no key found" }]);
    assert.deepEqual(backupsIn("", undefined), { snapshots: [], unreadable: [] });
  });

  it("a restore takes the newest of this life, else of the one before; never what was saved before a restore, unless by its name", () => {
    const pick = (wanted: string, from = found, restoring?: string) => choose("acme", from, wanted, { restoring }).id;
    assert.equal(pick("latest"), "bbbb2222");
    const own = { ...found, snapshots: [...found.snapshots, ...backupsIn(`repository\tacme/33333333\t${JSON.stringify([snapshot("dddd4444", "2026-10-01T00:00:00Z", "manual")])}`, "33333333").snapshots] };
    assert.equal(pick("latest", own), "dddd4444");
    assert.equal(pick("latest", own, "acme/11111111@aaaa1111@loading"), "aaaa1111", "one that was cut off goes on");
    assert.equal(pick("cccc"), "cccc3333");
    assert.throws(() => pick("zzzz"), /acme has no backup "zzzz"/);
    assert.throws(() => choose("acme", { snapshots: [], unreadable: found.unreadable }, "latest", {}), /acme has no backup\nacme\/22222222 can not be read: Fatal/);
  });

  it("a note on the namespace says where a restore stands", () => {
    assert.equal(readNote(undefined), undefined);
    assert.deepEqual(readNote("acme/1@aaaa"), { repository: "acme/1", snapshot: "aaaa", loading: false });
    assert.deepEqual(readNote("acme/1@aaaa@loading"), { repository: "acme/1", snapshot: "aaaa", loading: true });
  });
});

describe("backups", () => {
  it("are overdue when two of them are missing, and not while a shop is suspended", () => {
    const now = Date.parse("2026-11-10T12:00:00Z");
    const at = (lastSuccessfulTime?: string, suspend = false) => overdueSince({ spec: { suspend }, status: { lastSuccessfulTime }, metadata: { creationTimestamp: "2026-11-10T00:00:00Z" } }, "daily", now);
    assert.deepEqual([at("2026-11-09T00:00:00Z"), at("2026-11-08T11:59:00Z"), at("2026-11-08T11:59:00Z", true), at()], [undefined, "2026-11-08T11:59:00Z", undefined, undefined]);
  });

  it("a last one is made where there is a place for it, it is wanted, and the store was ever whole; where it fails, the store stays", async () => {
    const kube = { heeding: () => ({ get: async () => undefined }) } as never;
    const backup = { schedule: "daily", volume: "1Gi" } as const;
    assert.equal(lastBackup({ kube }, { backup: undefined }, true, "destroy acme"), undefined);
    assert.equal(lastBackup({ kube }, undefined, true, "destroy acme"), undefined);
    assert.equal(lastBackup({ kube }, { backup }, false, "destroy acme"), undefined);
    const save = lastBackup({ kube }, { backup }, true, "destroy acme")!;
    const store = { store: "acme", namespace: "store-acme", suspended: false };
    await save(store as never, () => {}, new AbortController().signal);
    await assert.rejects(save({ ...store, receipt: {} } as never, () => {}, new AbortController().signal), /^UserError: acme stays, since it could not be saved before: there is no CronJob backup in namespace store-acme\nTo delete it without a backup: .*destroy acme --no-backup$/);
  });
});

import assert from "node:assert/strict";
import { auditEntry, chained, firstBreak, noEntries, type AuditEntry, type AuditFields } from "../../../../../scripts/operations/records/chain";

const fields = (more: Partial<AuditFields> = {}): AuditFields => ({
  time: "2026-11-27T12:00:00.000Z", actor: { user: "admin", person: "somebody", host: "laptop" }, via: "cli", action: "store.update", outcome: "succeeded", ...more,
});

function trail(count: number): AuditEntry[] {
  const entries: AuditEntry[] = [];
  for (let it = 0; it < count; it++) entries.push(chained(fields({ store: `shop-${it}` }), entries.at(-1) ?? noEntries));
  return entries;
}

describe("a chain of entries", () => {
  it("is whole as it was written, and again after it was stored", () => {
    const entries = trail(5);
    assert.equal(firstBreak(entries), undefined);
    assert.equal(firstBreak(JSON.parse(JSON.stringify(entries)) as AuditEntry[]), undefined);
    assert.deepEqual(entries.map(({ seq }) => seq), [1, 2, 3, 4, 5]);
    for (const entry of entries) assert.deepEqual(auditEntry.parse(entry), entry);
  });

  it("names the first entry that was changed, in any of its fields", () => {
    const changes: Partial<AuditEntry>[] = [{ time: "2026-11-27T12:00:00.001Z" }, { action: "store.delete" }, { outcome: "failed" }, { store: "another" }, { actor: { user: "admin", person: "nobody", host: "laptop" } }, { reason: "added" }];
    for (const change of changes) {
      const entries = trail(5);
      entries[2] = { ...entries[2]!, ...change };
      assert.deepEqual(firstBreak(entries), { seq: 3, reason: "was changed" }, JSON.stringify(change));
    }
  });

  it("names one that was left out, put in between, moved, or written anew", () => {
    const entries = trail(5);
    const without = (index: number) => entries.filter((_, at) => at !== index);
    assert.deepEqual(firstBreak(without(2)), { seq: 3, reason: "entries 3 to 3 are missing" });
    assert.deepEqual(firstBreak(without(0)), { seq: 1, reason: "entries 1 to 1 are missing" });
    assert.deepEqual(firstBreak([...entries.slice(0, 2), entries[1]!, ...entries.slice(2)]), { seq: 3, reason: "entry 2 stands twice" });
    const anew = chained(fields({ store: "forged" }), entries[1]!);
    assert.match(firstBreak([...entries.slice(0, 2), anew, ...entries.slice(3)])!.reason, /does not follow from the one before/);
    // What an end was taken from is whole: only a hash that is kept elsewhere tells.
    assert.equal(firstBreak(entries.slice(0, 3)), undefined);
  });

  it("goes on from where an earlier part ended", () => {
    const entries = trail(5);
    assert.equal(firstBreak(entries.slice(2), entries[1]!), undefined);
    assert.notEqual(firstBreak(entries.slice(2), entries[0]!), undefined);
  });
});

import assert from "node:assert/strict";
import { actions, detailsOf, jsonLines, sieveIn, whoOf } from "../../../../../../dashboard/src/pages/audit/trail";
import { auditEntry } from "../../../../../../scripts/operations/records/chain";
import { auditEntryOf } from "../../../../helpers/api-client";

describe("the audit trail, as the dashboard shows it", () => {
  it("takes from an address what means something", () => {
    assert.deepEqual(sieveIn(new URLSearchParams("store=acme&who= ada &action=store.create&since=3600")), { store: "acme", who: "ada", action: "store.create", since: 3600 });
    assert.deepEqual(sieveIn(new URLSearchParams("store=&action=nonsense&since=5&x=y")), {});
  });

  it("knows all kinds of entries", () => assert.deepEqual([...actions].sort(), [...auditEntry.shape.action.options].sort()));

  it("says who it was", () => {
    assert.deepEqual([whoOf(auditEntryOf(1)), whoOf(auditEntryOf(1, { via: "api" })), whoOf({ actor: { user: "u", person: "", host: "" }, via: "external" })], ["you by command", "you by API", "u, by hand"]);
  });

  it("is exported one entry a line, and told in full", () => {
    const entries = [auditEntryOf(2, { reason: "one\ntwo" }), auditEntryOf(1)];
    assert.deepEqual(jsonLines(entries).trimEnd().split("\n").map((it) => JSON.parse(it)), entries);
    const told = Object.fromEntries(detailsOf(auditEntryOf(3, { stores: { acme: "create" }, seconds: 0, pruned: { seq: 2, hash: "two" } })));
    assert.deepEqual([told.stores, told.took, told["taken away"], told.entry, "before it" in told], ["acme: create", "0 s", "up to entry 2, two", "3", false]);
  });
});

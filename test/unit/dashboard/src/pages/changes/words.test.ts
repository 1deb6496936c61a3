import assert from "node:assert/strict";
import { causesOf, idle, offsetOf, summaryOf } from "../../../../../../dashboard/src/pages/changes/words";
import { causesInWords } from "../../../../../../scripts/fleet/causes";

describe("a plan in words", () => {
  it("says why a store is changed, as the command does", () => {
    const why = [{ cause: "entry", key: "plan", from: '"small"', to: '"large"' }, { cause: "settings", key: "baseDomain" }, { cause: "secret", name: "keys" }, { cause: "by-hand" }] as const;
    assert.deepEqual(causesOf(why), ["plan: small → large", "the environment's baseDomain", "Secret keys changed", "its Helm release was changed by hand"]);
    assert.match(causesInWords([...why]), /small → large/);
    assert.deepEqual(causesOf([{ cause: "entry", key: "domains", to: '["a.example"]' }]), ['domains: none → ["a.example"]']);
  });

  it("counts what becomes of how many", () => {
    assert.equal(summaryOf([{ action: "unchanged" }, { action: "delete" }, { action: "create" }, { action: "unchanged" }]), "1 created, 1 deleted, 2 as it is");
    assert.equal(summaryOf([]), "");
  });

  it("tells what can not be applied, and what need not be", () => {
    assert.match(idle([{ name: "acme", action: "update", looked: false }])!, /not all stores could be looked at: acme/);
    assert.equal(idle([{ name: "acme", action: "unchanged", looked: true }, { name: "bloom", action: "orphan", looked: true }]), "There is nothing to do.");
    assert.equal(idle([{ name: "acme", action: "delete", looked: true }]), undefined);
  });

  it("finds a place in a text", () => {
    assert.equal("ab\ncd\n".slice(offsetOf("ab\ncd\n", 2, 2)), "d\n");
    assert.equal(offsetOf("ab", 1, 1), 0);
    assert.deepEqual([offsetOf("ab", 1, 9), offsetOf("ab\n", 5, 1)], [2, 3]);
  });
});

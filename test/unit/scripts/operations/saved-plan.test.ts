import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "../../../../config/errors";
import type { Observed } from "../../../../scripts/fleet/observe";
import { decisionsOf, readSavedPlan, refuseStale, savedPlanOf } from "../../../../scripts/operations/saved-plan";
import { fleetOf, observedStore, specOf } from "../../helpers/fleet";

describe("saved plan", () => {
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), "storefleet-plan-test-"))));
  after(() => rmSync(folder, { recursive: true }));

  const fleet = (acme: Partial<Observed> = {}, context?: string) => fleetOf([specOf("acme"), specOf("new")], [observedStore("acme", acme), observedStore("gone"), observedStore("other")], context);
  const decisions = [
    { name: "acme", action: "update" as const },
    { name: "new", action: "create" as const },
    { name: "gone", action: "delete" as const },
    { name: "other", action: "refused" as const, reason: "list:2:3: can not be" },
  ];
  const file = (content: string) => {
    const path = join(folder, "plan.json");
    writeFileSync(path, content);
    return path;
  };
  const commit = "a".repeat(40);
  const plan = (dirty = false) => readSavedPlan(file(JSON.stringify(savedPlanOf(fleet(), decisions, { id: commit, dirty }))));

  it("comes back as the decisions that it was made from, with what is there now", () => {
    const now = fleet();
    assert.deepEqual(decisionsOf(plan(), now), decisions.map((decision) => ({ ...decision, observed: now.observed.get(decision.name) })));
  });

  it("does nothing about stores that it does not name", () => {
    const now = fleetOf([specOf("acme"), specOf("new")], [observedStore("acme"), observedStore("gone"), observedStore("other"), observedStore("later")]);
    assert.deepEqual(decisionsOf(plan(), now).map(({ name }) => name), ["acme", "new", "gone", "other"]);
  });

  for (const [what, acme] of Object.entries<Partial<Observed>>({
    "another operation set out": { intendedDigest: "another" },
    "another operation got through": { receipt: { ...observedStore("acme").receipt!, digest: "another" } },
    "the release changed": { releases: [{ name: "woocommerce", status: "deployed", revision: 2 }] },
    "the release failed": { releases: [{ name: "woocommerce", status: "failed", revision: 1 }] },
    "the store was protected": { protected: true },
    "the store was deleted and created again": { createdAt: "2026-02-02T00:00:00Z" },
  })) {
    it(`is refused when ${what}`, () => assert.throws(() => decisionsOf(plan(), fleet(acme)), { name: "UserError", message: "the plan is out of date: acme changed since it was made" }));
  }

  it("is refused when the list or the fleet changed, naming every store", () => {
    const edited = fleetOf([specOf("acme"), specOf("gone")], [observedStore("acme"), observedStore("other")]);
    edited.wanted[0]!.digest = "edited";
    assert.throws(() => decisionsOf(plan(), edited), /^UserError: the plan is out of date: acme, new, gone changed/);
  });

  it("is refused when the list has another store by now, which it would leave out", () => {
    const longer = fleetOf([specOf("acme"), specOf("new"), specOf("later")], [observedStore("acme"), observedStore("gone"), observedStore("other")]);
    assert.throws(() => decisionsOf(plan(), longer), { name: "UserError", code: "plan-out-of-date", message: "the plan is out of date: the list changed since it was made" });
  });

  it("is refused at another commit, and where it can not be told which one it is", () => {
    refuseStale(plan(), { id: commit, dirty: true });
    const mend = "Make a new one: ./scripts/stores plan --out FILE";
    assert.throws(() => refuseStale(plan(), { id: "b".repeat(40), dirty: false }), { message: "the plan is out of date: it was made at commit aaaaaaaaaaaa, and this checkout is at bbbbbbbbbbbb", hint: mend, code: "plan-out-of-date" });
    assert.throws(() => refuseStale(plan(true), { unknown: "there is no git on this machine" }), {
      message: "the plan is out of date: it was made at commit aaaaaaaaaaaa, and which one this checkout is at can not be told: there is no git on this machine",
      hint: `${mend}\nIt was made from a checkout with changes that were not committed.`,
    });
  });

  it("is bound to no commit where there was none", () => {
    const unbound = savedPlanOf(fleet(), decisions, { unknown: "there is no git on this machine" });
    for (const here of [{ id: commit, dirty: false }, { unknown: "none" }]) refuseStale(unbound, here);
  });

  it("is refused after three days", () => {
    const [old, hour, here] = [plan(), 3_600_000, { id: commit, dirty: false }];
    refuseStale(old, here, Date.parse(old.made) + 72 * hour);
    assert.throws(() => refuseStale(old, here, Date.parse(old.made) + 80.9 * hour), { message: "the plan is out of date: it was made 80 hours ago, and holds for 72", code: "plan-out-of-date" });
  });

  it("is refused on another cluster", () => {
    assert.throws(() => decisionsOf(plan(), fleet({}, "production")), /^UserError: the plan is for local on a-context, not for local on production/);
    // The context's name is the same, and leads elsewhere: a local cluster that was reset, for example.
    assert.throws(() => decisionsOf(plan(), { ...fleet(), shared: { ...fleet().shared, cluster: "another" } }), /^UserError: the plan was made on another cluster than a-context leads to now; nothing was done/);
  });

  it("is read only from a file that is one", () => {
    const valid = savedPlanOf(fleet(), decisions, { id: commit, dirty: false });
    const contents = ["", "stores: []", "[]", "{}", JSON.stringify({ ...valid, kind: "other" }), JSON.stringify({ ...valid, env: "staging" }), JSON.stringify({ ...valid, made: "yesterday" }), JSON.stringify({ ...valid, commit: undefined }), JSON.stringify({ ...valid, stores: [{ name: "acme", action: "explode" }] })];
    for (const content of contents) assert.throws(() => readSavedPlan(file(content)), UserError, content);
    assert.throws(() => readSavedPlan(join(folder, "missing")), /^UserError: .*missing can not be read as a saved plan: ENOENT/);
    assert.throws(() => readSavedPlan(folder), /^UserError: .*EISDIR/);
  });
});

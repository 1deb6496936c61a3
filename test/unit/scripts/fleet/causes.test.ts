import assert from "node:assert/strict";
import { readSettings } from "../../../../config/environment";
import { causesOf } from "../../../../scripts/fleet/causes";
import { isUnchanged } from "../../../../scripts/fleet/classify";
import type { Observed } from "../../../../scripts/fleet/observe";
import { originOf } from "../../../../stores/origin";
import { observedStore, specOf } from "../../helpers/fleet";

const shared = { settings: readSettings("local"), secretRevisions: {} };
const origin = originOf(specOf("acme"), shared);
const receipt = { ...observedStore("acme").receipt!, origin };
const kinds = (more: Partial<Observed>, digest = "digest of acme") => causesOf(observedStore("acme", { receipt, ...more }), digest, origin).map(({ cause }) => cause);
const release = (status: string) => [{ name: "woocommerce", status, revision: 3 }];

const cases: [Partial<Observed>, string, string[]][] = [
  [{}, "digest of acme", []],
  [{ receipt: { ...receipt, origin: { ...origin, program: "another" } } }, "wanted", ["program"]],
  [{ receipt: { ...receipt, origin: { ...origin, program: "another", settings: {}, entry: { ...origin.entry, title: '"Old"' } } } }, "wanted", ["entry", ...Object.keys(origin.settings).map(() => "settings"), "program"]],
  [{ receipt: { ...receipt, origin: undefined } }, "wanted", ["unknown"]],
  // Parts that are equal do not make a change of the whole into none.
  [{}, "wanted", ["unknown"]],
  [{ deleting: true }, "wanted", ["deleted"]],
  [{ intendedDigest: "another" }, "digest of acme", ["unfinished"]],
  [{ receipt: undefined }, "digest of acme", ["unfinished"]],
  [{ lastError: "no", intendedDigest: "another" }, "digest of acme", ["failed"]],
  [{ releases: release("failed") }, "digest of acme", ["by-hand"]],
  [{ receipt: { ...receipt, held: true } }, "digest of acme", ["walls"]],
  [{ lastError: "no", receipt: { ...receipt, origin: { ...origin, program: "another" }, held: true } }, "wanted", ["program", "failed", "walls"]],
];

describe("why a store is updated", () => {
  for (const [more, digest, expected] of cases) it(expected.length > 0 ? [...new Set(expected)].join(" and ") : "nothing of an unchanged one", () => assert.deepEqual(kinds(more, digest), expected));

  it("is told of every store that is not unchanged, and of no other", () => {
    for (const [more, digest] of cases) assert.equal(kinds(more, digest).length === 0, isUnchanged(observedStore("acme", { receipt, ...more }), digest), JSON.stringify(more));
  });
});

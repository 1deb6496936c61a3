import assert from "node:assert/strict";
import { editedOf, patchOf } from "../../../../../../dashboard/src/pages/store/entry-form";

describe("the form of an entry", () => {
  const before = editedOf({ name: "acme", title: "Acme", currency: "EUR" }, { plan: "medium", protected: true });

  it("holds what the entry says, and of plan and protection what holds without a word", () => {
    assert.deepEqual(before, { title: "Acme", plan: "medium", adminEmail: "", currency: "EUR", country: "", protected: true });
  });

  it("changes nothing that nobody changed", () => assert.deepEqual(patchOf(before, { ...before }), {}));

  it("writes what was changed, takes away what was emptied, and says that something is not protected any more", () => {
    assert.deepEqual(patchOf(before, { ...before, title: " ", plan: "large", country: "de", protected: false }), { title: null, plan: "large", country: "DE", protected: false });
  });
});

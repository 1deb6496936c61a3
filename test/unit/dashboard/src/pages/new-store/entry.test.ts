import assert from "node:assert/strict";
import { addEntry } from "../../../../../../config/edit-list";
import { ListErrors, UserError } from "../../../../../../config/errors";
import { empty, entryOf, wrongOf, type Filled } from "../../../../../../dashboard/src/pages/new-store/entry";
import { checkedList } from "../../../../../../scripts/operations/list-edit";

describe("the form for a new store", () => {
  const list = "stores:\n  - name: acme\n    engine: medusa\n    domains: [shop.example.com]\n";

  /** What the list's own rules make of it, as the API tells it. */
  function tried(filled: Partial<Filled>): ReturnType<typeof wrongOf> | string {
    try {
      const text = addEntry(list, entryOf({ ...empty, ...filled }));
      checkedList({ env: "local" }, "stores.yaml", text);
      return text;
    } catch (error) {
      const { code, message } = error as UserError;
      return wrongOf(code, message, error instanceof ListErrors ? error.problems : undefined);
    }
  }

  it("is an entry with nothing in it that nobody said", () => {
    assert.deepEqual(entryOf({ ...empty, name: " blue " }), { name: "blue", engine: "woocommerce" });
    assert.deepEqual(entryOf({ name: "blue", engine: "medusa", title: " Blue Bird", plan: "large", domains: "a.example.com, b.example.com\nc.example.com", adminEmail: "me@example.com", currency: "eur", country: "de", protected: true }), {
      name: "blue", engine: "medusa", title: "Blue Bird", plan: "large", domains: ["a.example.com", "b.example.com", "c.example.com"], adminEmail: "me@example.com", currency: "EUR", country: "DE", protected: true,
    });
  });

  it("is one that the list takes", () => {
    assert.match(tried({ name: "blue", domains: "blue.example.com", protected: true }) as string, /- name: blue\n.*engine: woocommerce\n.*domains: .*blue\.example\.com.*\n.*protected: true/);
  });

  it("says at each field what the list's rules find wrong there", () => {
    assert.match((tried({ name: "acme" }) as ReturnType<typeof wrongOf>).name!, /there is a store "acme" already/);
    assert.match((tried({ name: "blue", currency: "XXX1" }) as ReturnType<typeof wrongOf>).currency!, /currency/i);
    const several = tried({ name: "blue", adminEmail: "nobody", country: "ZZ", domains: "shop.example.com" }) as ReturnType<typeof wrongOf>;
    assert.deepEqual(Object.keys(several).sort(), ["adminEmail", "country", "domains"]);
  });

  it("says at the name what a request finds wrong with it, and on top what belongs to no field", () => {
    assert.deepEqual(wrongOf("invalid", "body.name: is not a store name", [{ path: ["body", "name"], message: "is not a store name" }]), { name: "is not a store name" });
    assert.deepEqual(wrongOf("list-invalid", "two errors", [{ path: ["defaults", "plan"], message: "is no plan", repair: "small" }]), { "": "defaults.plan is no plan — small" });
    assert.deepEqual(wrongOf("unreachable", "no answer", undefined), { "": "no answer" });
  });
});

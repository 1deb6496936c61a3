import assert from "node:assert/strict";
import { UserError } from "../../../config/errors";
import { hostOf, isReservedName, namespaceOf, parseStack, reservedNames, stackOf } from "../../../config/names";

describe("names", () => {
  it("never change: a new hash would be a new, empty store", () => {
    assert.equal(namespaceOf("local", "acme"), "store-acme-07cbc0d1");
    assert.equal(namespaceOf("prod", "acme"), "store-acme-de8d6bf8");
    assert.equal(hostOf("local", "acme", ".127.0.0.1.nip.io"), "store-acme-07cbc0d1.127.0.0.1.nip.io");
  });

  it("fit a DNS label at the longest", () => {
    assert.match(namespaceOf("prod", "a".repeat(40)), /^[a-z0-9-]{55}$/);
  });

  it("keep stores apart whose names share a beginning", () => {
    const namespaces = ["a", "a-b", "a-b-c", "ab"].flatMap((store) => ["local", "prod", "staging"].map((env) => namespaceOf(env, store)));
    assert.equal(new Set(namespaces).size, namespaces.length);
  });

  it("stacks read back", () => {
    assert.equal(stackOf("prod", "blue-bird"), "prod.blue-bird");
    assert.deepEqual(parseStack("prod.blue-bird"), { env: "prod", store: "blue-bird" });
    assert.deepEqual(parseStack("local"), { env: "local" });
  });

  for (const stack of ["", "dev", "dev.acme", "local.", "local.Acme", "local.a.b", ".acme", "acme", `local.${"a".repeat(41)}`, "local.prod", "local.kube-system", "Local"]) {
    it(`"${stack.slice(0, 20)}" is no stack`, () => {
      assert.throws(() => parseStack(stack), (error: unknown) => error instanceof UserError && error.message === `"${stack}" is not a stack of this project` && /local\.acme/.test(error.hint ?? ""));
    });
  }

  it("reserved: environments, selections, YAML's words, the platform's parts", () => {
    for (const name of [...reservedNames, "kube-public", "storefleet-mail"]) assert.ok(isReservedName(name), name);
    for (const name of ["acme", "allegro", "locals", "kubernetes-books", "production"]) assert.ok(!isReservedName(name), name);
  });
});

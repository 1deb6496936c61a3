import assert from "node:assert/strict";
import { join } from "node:path";
import { parseStores } from "../../../../config/load";
import { projectRoot } from "../../../../config/root";
import { waysOut } from "../../../../scripts/operations/protection";
import { observedStore } from "../../helpers/fleet";

const file = join(projectRoot, "config/stores.local.yaml");
const list = (text: string) => parseStores(file, text);
const running = (more: object) => new Map([["acme", observedStore("acme", more)]]);

describe("the way out of protection", () => {
  it("is an edit of the list where that protects", () => {
    const listed = list("stores:\n  - name: acme\n    engine: woocommerce\n    protected: true\n");
    assert.equal(waysOut(["acme"], listed, running({ protected: true })), "acme: set protected: false at config/stores.local.yaml:2, then: ./scripts/stores apply acme && ./scripts/stores destroy acme");
    assert.equal(waysOut(["acme"], listed, running({})), "acme: set protected: false at config/stores.local.yaml:2, then: ./scripts/stores destroy acme");
  });

  it("is to apply the list where that protects no longer", () => {
    const said = waysOut(["acme"], list("stores: [{ name: acme, engine: woocommerce }]"), running({ protected: true }));
    assert.equal(said, "acme: the list does not protect it any more, but that was not applied yet: ./scripts/stores apply acme && ./scripts/stores destroy acme");
  });

  it("of an orphan it is a list of its own, which is valid and names the engine that runs", () => {
    const said = waysOut(["acme", "bikes"], list("stores: [{ name: bikes, engine: medusa, protected: true }]"), running({ protected: true, engine: "woocommerce", receipt: { ...observedStore("acme").receipt!, engine: "medusa" } }));
    const [why, command, bikes] = said.split("\n");
    assert.match(why!, /^acme has left the list, and the cluster has it as protected\./);
    const [, written, rest] = /^echo '(.*)' > unprotect-acme\.yaml && (.*)$/.exec(command!)!;
    assert.equal(rest, "./scripts/stores apply acme --file unprotect-acme.yaml && ./scripts/stores destroy acme && rm unprotect-acme.yaml");
    const [store, ...others] = list(written!).stores.map(({ spec }) => spec);
    assert.deepEqual([store!.name, store!.engine, store!.protected, store!.suspended, others], ["acme", "medusa", false, true, []]);
    assert.match(bikes!, /^bikes: set protected: false/);
  });
});

import assert from "node:assert/strict";
import { readSettings } from "../../../config/environment";
import { ListErrors, UserError } from "../../../config/errors";
import { listOfOne, specKey } from "../../../config/list-of-one";
import { configuredStore } from "../../../stores/configured";
import { storeDigest } from "../../../stores/digest";
import { specOf } from "../helpers/fleet";
import { record } from "../helpers/recording-mocks";

/** What the program of stack `local.acme` takes from that config. */
const given = async (text?: string) => (await record(() => configuredStore("local", "acme"), { stack: "local.acme", ...(text !== undefined && { config: { [specKey]: text } }) })).result;
const refusal = async (text: string): Promise<UserError> => {
  const error = await given(text).then(() => undefined, (thrown: unknown) => thrown);
  assert.ok(error instanceof UserError, String(error));
  return error;
};

describe("a store from its stack's config", () => {
  it("is none where the config has none, so that the list is asked", async () => assert.equal(await given(), undefined));

  it("has the same digest as from the list", async () => {
    const spec = specOf("acme", { title: "Über 007", domains: ["shop.example.org"] });
    const shared = { settings: readSettings("local"), secretRevisions: {} };
    assert.equal(storeDigest((await given(listOfOne(spec, "config")))!, shared), storeDigest(spec, shared));
  });

  it("may be JSON", async () => {
    assert.deepEqual(await given(JSON.stringify({ stores: [{ name: "acme", engine: "medusa" }] })), specOf("acme", { engine: "medusa" }));
  });

  it("is checked as a list is: every mistake with its place and repair, and where it comes from", async () => {
    const error = await refusal("stores:\n  - name: acme\n    engine: medusa\n    plan: smal\n    title: 7\n");
    assert.ok(error instanceof ListErrors);
    assert.equal(
      error.message,
      'storefleet:spec:4:11: stores[0].plan is not known (value smal) — did you mean "small"? known: small, medium, large\nstorefleet:spec:5:12: stores[0].title is a number (value 7) — put it in quotes: "7"',
    );
    assert.match(error.hint!, /config of stack local\.acme; to have the list asked again: pulumi config rm storefleet:spec --stack local\.acme$/);
  });

  for (const [what, text, expected] of [
    ["another store", "stores: [{ name: other, engine: medusa }]", 'storefleet:spec is store "other", and this stack is that of store "acme"'],
    ["two stores", "stores: [{ name: acme, engine: medusa }, { name: other, engine: medusa }]", 'storefleet:spec is no store, or several, and this stack is that of store "acme"'],
    ["no store", "stores: []", 'storefleet:spec is no store, or several, and this stack is that of store "acme"'],
    ["nothing", "", 'storefleet:spec:1:1: the list is empty — write "stores: []" if no store is to run'],
    ["an entry alone", "name: acme\nengine: medusa\n", undefined],
  ] as const) {
    it(`is refused: ${what}`, async () => {
      const error = await refusal(text);
      assert.equal(error.code, "list-invalid");
      if (expected !== undefined) assert.equal(error.message, expected);
    });
  }
});

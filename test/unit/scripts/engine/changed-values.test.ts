import assert from "node:assert/strict";
import type { StepEventMetadata } from "@pulumi/pulumi/automation";
import { changedValues } from "../../../../scripts/engine/changed-values";

const release = "kubernetes:helm.sh/v3:Release";
const changed = (before: object, after: object, { type = release, op = "update", diffs = [] as string[] } = {}) =>
  changedValues({ op, type, diffs, old: { inputs: before }, new: { inputs: after } } as unknown as StepEventMetadata);
const lines = (...args: Parameters<typeof changed>) => changed(...args).values.map(({ path, from, to }) => `${path}: ${from} → ${to}`);

/** As the engine blinds a secret in its events. */
const blinded = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "[secret]" };

describe("values that change", () => {
  it("are told by path, from what to what, however deep they lie", () => {
    assert.deepEqual(
      lines(
        { values: { title: "First", replicas: 1, same: [1], hosts: ["a"], gone: true }, metadata: { annotations: { "example.com/x": "1" } } },
        { values: { title: "Second", replicas: 2, same: [1], hosts: ["a", "b"], mail: { host: "smtp", port: 25 } }, metadata: { annotations: { "example.com/x": "2" } } },
      ),
      [
        'values.title: "First" → "Second"', "values.replicas: 1 → 2", 'values.hosts[1]: undefined → "b"', "values.gone: true → undefined",
        'values.mail: undefined → {"host":"smtp","port":25}', 'metadata.annotations["example.com/x"]: "1" → "2"',
      ],
    );
  });

  it("are those of updates and replacements", () => {
    for (const op of ["create", "delete", "create-replacement", "delete-replaced"]) assert.deepEqual(changed({ a: 1 }, { a: 2 }, { op, diffs: ["a"] }), { values: [], more: 0 });
    assert.deepEqual(lines({ a: 1 }, { a: 2 }, { op: "replace" }), ["a: 1 → 2"]);
  });

  it("never show what is marked as secret, alone, inside, or beside what it was", () => {
    const told = JSON.stringify([
      changed({ values: { a: "plain", b: blinded } }, { values: { a: blinded, b: "plain", c: { deep: [blinded] } } }),
      changed({ values: {} }, { values: { ...blinded, ciphertext: "canary" } }, { diffs: ["values"] }),
    ]);
    assert.doesNotMatch(told, /canary|ciphertext|4dabf/);
    assert.deepEqual(lines({ a: "plain" }, { a: blinded }), ['a: "plain" → (secret)']);
  });

  it("never show what a Secret holds, marked or not", () => {
    for (const key of ["data", "stringData"]) {
      const { values } = changed({ [key]: { old: "canary-1", both: "canary-2" } }, { [key]: { both: "canary-3", new: { deep: "canary-4" } }, type: "Opaque" }, { type: "kubernetes:core/v1:Secret", diffs: [key] });
      assert.doesNotMatch(JSON.stringify(values), /canary/);
      assert.deepEqual(values.map(({ path }) => path), [`${key}.old`, `${key}.new`, "type"]);
      const exchanged = changed({ [key]: { both: "canary-2" } }, { [key]: { both: "canary-3" } }, { type: "kubernetes:core/v1:Secret", diffs: [key] });
      assert.deepEqual(exchanged.values, [{ path: key }]);
      assert.deepEqual(lines({ [key]: "x" }, { [key]: "canary" }, { type: "kubernetes:core/v1:ConfigMap" }), [`${key}: "x" → "canary"`]);
    }
  });

  it("that the inputs do not have, such as what was changed in the cluster, are named", () => {
    assert.deepEqual(changed({ a: 1 }, { a: 1 }, { diffs: ["spec.replicas"] }).values, [{ path: "spec.replicas" }]);
    assert.deepEqual(changed({ values: { a: 1 } }, { values: { a: 2 } }, { diffs: ["values"] }).values, [{ path: "values.a", from: "1", to: "2" }]);
  });

  it("that are not known before they are made say so", () => {
    assert.deepEqual(lines({ a: "x" }, { a: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" }), ['a: "x" → (known later)']);
  });

  it("are one line each: of several lines the first that differs, of a long one the part that does", () => {
    assert.deepEqual(lines({ a: "one\ntwo\nthree\n" }, { a: "one\nTWO\nthree\n" }), ['a: line 2 of 4: "two" → line 2 of 4: "TWO"']);
    const long = "x".repeat(500);
    const [line] = lines({ a: `${long}1${long}` }, { a: `${long}2${long}` });
    assert.match(line!, /^a: "…x{20}1x+…" → "…x{20}2x+…"$/);
    assert.ok(line!.length < 200);
    assert.ok(lines({ a: {} }, { a: [long] })[0]!.length < 120);
  });

  it("hold nothing that a terminal would act on", () => {
    const [line] = lines({ "a\u001b[2J": "x" }, { "a\u001b[2J": "\u001b]0;x\u0007\r\u202e\u009b" });
    assert.equal(line, String.raw`["a\u001b[2J"]: "x" → "\u001b]0;x\u0007\u000d\u202e\u009b"`);
  });

  it("are twenty of a resource at most, and the rest is counted", () => {
    const numbers = (by: number) => Object.fromEntries(Array.from({ length: 25 }, (_, at) => [`k${at}`, at + by]));
    const { values, more } = changed(numbers(0), numbers(1));
    assert.deepEqual([values.length, more], [20, 5]);
  });
});

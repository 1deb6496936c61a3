import assert from "node:assert/strict";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { Recorder } from "../../../../scripts/engine/step-recorder";

const stackUrn = "urn:pulumi:local.acme::storefleet::pulumi:pulumi:Stack::storefleet-local.acme";
const releaseUrn = "urn:pulumi:local.acme::storefleet::storefleet:index:WooCommerce$kubernetes:helm.sh/v3:Release::woocommerce-release";

function record(...events: object[]) {
  const steps: string[] = [];
  const recorder = new Recorder((text) => steps.push(text));
  for (const event of events) recorder.take(event as EngineEvent);
  return { recorder, steps };
}
const step = (op: string, urn = releaseUrn, diffs?: string[]) => ({ resourcePreEvent: { metadata: { op, urn, type: "kubernetes:helm.sh/v3:Release", diffs } } });
const error = (message: string, urn?: string, severity = "error") => ({ diagnosticEvent: { severity, urn, message, prefix: "error: " } });

describe("recorder", () => {
  it("knows when the engine began", () => {
    assert.equal(record(error("no stack")).recorder.began, false);
    assert.equal(record({ preludeEvent: { config: {} } }).recorder.began, true);
  });

  it("tells each change as it begins, and keeps it with its differences; the rest is not a step", () => {
    const { recorder, steps } = record(step("same"), step("read"), step("refresh"), step("update", releaseUrn, ["values"]), step("create", "urn:a::b::c::admin"));
    assert.deepEqual(steps, ["update Release woocommerce-release", "create Release admin"]);
    assert.deepEqual(recorder.outcome().steps, [
      { op: "update", type: "kubernetes:helm.sh/v3:Release", name: "woocommerce-release", diffs: ["values"], values: [{ path: "values" }], moreValues: 0 },
      { op: "create", type: "kubernetes:helm.sh/v3:Release", name: "admin", diffs: [], values: [], moreValues: 0 },
    ]);
  });

  it("leaves out what Pulumi keeps for itself", () => {
    const own = ["pulumi:pulumi:Stack", "pulumi:providers:random"].map((type) => ({ resourcePreEvent: { metadata: { op: "create", urn: "urn:a::b::c::default_4_21_2", type } } }));
    const { recorder, steps } = record(...own);
    assert.deepEqual([steps, recorder.outcome().steps], [[], []]);
  });

  it("counts what the summary counts, and nothing without one", () => {
    assert.deepEqual(record(step("create")).recorder.outcome().changes, { create: 0, update: 0, replace: 0, delete: 0 });
    const { recorder } = record({ summaryEvent: { resourceChanges: { create: 2, same: 9, replace: 1, delete: 3 } } });
    assert.deepEqual(recorder.outcome().changes, { create: 2, update: 0, replace: 1, delete: 3 });
  });

  it("prefers the resource's own words to the program's, and those to the stack's verdict", () => {
    const verdict = error("update failed", stackUrn);
    const program = error("Error: the program's", stackUrn);
    const resource = error("Helm release timed out", releaseUrn);
    assert.deepEqual(record(verdict, program, resource).recorder.failure(), { kind: "resource", message: "Helm release timed out" });
    assert.deepEqual(record(verdict, program).recorder.failure(), { kind: "program", message: "Error: the program's" });
    assert.equal(record(verdict, error("preview failed", stackUrn)).recorder.failure(), undefined);
  });

  it("takes a component's error for the program's, and says whose it is", () => {
    const urn = "urn:pulumi:local.acme::storefleet::storefleet:index:NetworkIsolation::network-isolation";
    const said = record(error('clusterCidrs[0]: "pods" is not an address range\n', urn), error('clusterCidrs[0]: "pods" is not an address range')).recorder.failure();
    assert.deepEqual(said, { kind: "program", message: 'network-isolation: clusterCidrs[0]: "pods" is not an address range' });
    assert.equal(record(error("mine", urn), error("no", releaseUrn)).recorder.failure()?.message, "no");
  });

  it("takes an error without a resource for the program's", () => {
    assert.deepEqual(record(error("boom")).recorder.failure(), { kind: "program", message: "boom" });
  });

  it("leaves out colour markup and what only says that there is an error", () => {
    const said = (text: string) => record(error(text, releaseUrn)).recorder.failure()?.message;
    assert.equal(said("<{%fg 1%}>error: <{%reset%}>1 error <{%bold%}>occurred<{%reset%}>:\n\t* no\n"), "no");
    assert.equal(said("2 errors occurred:\n\t* one\n\t* two: 1 error occurred:\n\t* three\n\n"), "one; two: three");
    assert.equal(said("Unhandled exception: Error: boom\n    at x"), "Error: boom\n    at x");
    assert.equal(said("1st line\n2nd line"), "1st line\n2nd line");
  });

  it("puts Helm's own words first, and which release they are about", () => {
    const inner = 'cannot patch "woocommerce-database" with kind PersistentVolumeClaim: spec is immutable';
    const frame = (text: string) => `1 error occurred:\n\t* Helm release "store-six/woocommerce" was created, but failed to initialize completely. Use Helm CLI to investigate.: failed to become available within allocated timeout. Error: Helm Release store-six/woocommerce: ${text}\n\n`;
    for (const text of [frame(inner), frame(`1 error occurred:\n\t* ${inner}`)]) {
      assert.equal(record(error(text, releaseUrn)).recorder.failure()?.message, `release woocommerce: ${inner}`);
    }
  });

  it("warnings are no failures", () => {
    assert.equal(record(error("careful", releaseUrn, "warning")).recorder.failure(), undefined);
  });
});

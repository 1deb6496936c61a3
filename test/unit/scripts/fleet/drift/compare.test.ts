import assert from "node:assert/strict";
import { differences } from "../../../../../scripts/fleet/drift/compare";
import { pointerTo, textOf, valueAt } from "../../../../../scripts/fleet/drift/path";

const told = (want: unknown, live: unknown) => differences(want, live).map(({ path, want: wanted, live: has }) => [textOf(path), wanted, has]);

describe("what a living object does not hold of what is wanted", () => {
  it("is every field that is another or not there, and nothing that is there besides", () => {
    const want = { spec: { replicas: 1, template: { metadata: { labels: { app: "shop" } }, enableServiceLinks: false } } };
    assert.deepEqual(told(want, { spec: { replicas: 1, paused: false, template: { metadata: { labels: { app: "shop", more: "x" } }, enableServiceLinks: false } } }), []);
    assert.deepEqual(told(want, { spec: { replicas: 3, template: { metadata: { labels: {} } } } }), [["/spec/replicas", 1, 3], ["/spec/template/metadata/labels/app", "shop", undefined], ["/spec/template/enableServiceLinks", false, undefined]]);
    assert.deepEqual(told(want, { spec: "text" }), [["/spec", want.spec, "text"]]);
  });

  it("leaves out what the API server leaves out", () => {
    assert.deepEqual(told({ a: null, b: {}, c: [], d: "", e: { f: null } }, {}), []);
    assert.deepEqual(told({ a: false, b: 0, c: { d: "" } }, {}), [["/a", false, undefined], ["/b", 0, undefined], ["/c", { d: "" }, undefined]]);
  });

  it("takes quantities and durations for what they say, where they stand for that", () => {
    const resources = { limits: { cpu: "1000m", memory: "1Gi" }, requests: { cpu: 0.5 } };
    assert.deepEqual(told({ resources, emptyDir: { sizeLimit: "1024Mi" } }, { resources: { limits: { cpu: "1", memory: "1024Mi" }, requests: { cpu: "500m" } }, emptyDir: { sizeLimit: "1Gi" } }), []);
    assert.deepEqual(told({ spec: { hard: { pods: "8" } } }, { spec: { hard: { pods: "99" } } }), [["/spec/hard/pods", "8", "99"]]);
    assert.deepEqual(told({ refreshInterval: "90m", renewBefore: "1.5h" }, { refreshInterval: "1h30m0s", renewBefore: "1h30m" }), []);
    assert.deepEqual(told({ refreshInterval: "1h" }, { refreshInterval: "2h" }), [["/refreshInterval", "1h", "2h"]]);
    // The shop would read it as it stands there.
    assert.deepEqual(told({ data: { size: "1Gi", timeouts: "60s" } }, { data: { size: "1024Mi", timeouts: "1m" } }).length, 2);
    assert.deepEqual(told({ limits: { note: "many" } }, { limits: { note: "few" } }), [["/limits/note", "many", "few"]]);
  });

  it("knows the items of a list by what Kubernetes knows them by, in any order", () => {
    const want = { containers: [{ name: "web", env: [{ name: "A", value: "1" }, { name: "B", value: "2" }], ports: [{ containerPort: 80 }] }] };
    const live = { containers: [{ name: "other" }, { name: "web", env: [{ name: "B", value: "3" }, { name: "C" }], ports: [{ containerPort: 80, protocol: "TCP", name: "http" }] }] };
    assert.deepEqual(told(want, live), [["/containers/[name=web]/env/[name=A]", { name: "A", value: "1" }, undefined], ["/containers/[name=web]/env/[name=B]/value", "2", "3"]]);
    assert.equal(pointerTo(live, differences(want, live)[1]!.path), "/containers/1/env/0/value");
    assert.equal(pointerTo(live, differences(want, live)[0]!.path), undefined);
    assert.deepEqual(told({ ports: [{ port: 53, protocol: "UDP" }, { port: 53 }] }, { ports: [{ port: 53, protocol: "TCP" }, { port: 53, protocol: "UDP" }] }), []);
  });

  it("compares other lists by their order, and as a whole where they are longer or shorter", () => {
    assert.deepEqual(told({ args: ["a", "b"], rules: [{ host: "x" }] }, { args: ["a", "c"], rules: [{ host: "y", http: {} }] }), [["/args/[1]", "b", "c"], ["/rules/[0]/host", "x", "y"]]);
    assert.deepEqual(told({ args: ["a"] }, { args: ["a", "b"] }), [["/args", ["a"], ["a", "b"]]]);
    assert.deepEqual(told({ args: ["a"] }, {}), [["/args", ["a"], undefined]]);
    // Two of one name are no names.
    assert.deepEqual(told({ env: [{ name: "A" }, { name: "A" }] }, { env: [{ name: "A" }, { name: "B" }] }), [["/env/[1]/name", "A", "B"]]);
  });

  it("has paths that lead back, with slashes in them and over lists", () => {
    const object = { metadata: { annotations: { "example.com/a~b": "c" } }, volumeMounts: [{ mountPath: "/a" }, { mountPath: "/b", name: "it" }], finalizers: ["x", "y"] };
    assert.equal(textOf(["metadata", "annotations", "example.com/a~b"]), "/metadata/annotations/example.com~1a~0b");
    assert.equal(pointerTo(object, ["metadata", "annotations", "example.com/a~b"]), "/metadata/annotations/example.com~1a~0b");
    assert.equal(valueAt(object, ["volumeMounts", "[mountPath=/b]", "name"]), "it");
    assert.equal(pointerTo(object, ["finalizers", "[=y]"]), "/finalizers/1");
    assert.equal(pointerTo(object, ["finalizers", "[7]"]), undefined);
  });
});

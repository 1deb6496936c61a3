import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { parse } from "yaml";
import { contextNames, copyOfContext } from "../../../kube/context-copy";
import { keepEnvironment } from "../helpers/keep-environment";

describe("a copy of one context", () => {
  let folder: string;
  keepEnvironment();
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "storefleet-contexts-"));
    mkdirSync(join(folder, "b"));
    process.env.KUBECONFIG = [join(folder, "a.yaml"), join(folder, "absent.yaml"), join(folder, "b/b.yaml")].join(delimiter);
    writeFileSync(join(folder, "a.yaml"), "contexts: [{name: one, context: {cluster: c, user: u, namespace: n}}]\nclusters: [{name: c, cluster: {server: https://first, proxy-url: http://p}}]\nusers:\n");
    writeFileSync(join(folder, "b/b.yaml"), [
      "contexts: [{name: two, context: {cluster: d, user: u}}, {name: one, context: {cluster: d, user: v}}, {name: odd, context: {}}]",
      "clusters: [{name: c, cluster: {server: https://second}}, {name: d, cluster: {server: https://third, certificate-authority: ca.crt}}]",
      "users: [{name: u, user: {client-certificate: ../u.crt, client-key: /abs/u.key, exec: {command: ./login, args: [--quiet]}}}, {name: v, user: {exec: {command: aws}}}]",
    ].join("\n"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const copy = (name: string) => parse(copyOfContext(name) ?? "null") as Record<string, unknown>;

  it("has what the context needs, of each the first that the files have, with whole paths, and nothing else", () => {
    const user = { "client-certificate": join(folder, "u.crt"), "client-key": "/abs/u.key", exec: { command: join(folder, "b/login"), args: ["--quiet"] } };
    assert.deepEqual(copy("one"), {
      apiVersion: "v1", kind: "Config", "current-context": "one",
      contexts: [{ name: "one", context: { cluster: "c", user: "u", namespace: "n" } }],
      clusters: [{ name: "c", cluster: { server: "https://first", "proxy-url": "http://p" } }],
      users: [{ name: "u", user }],
    });
    assert.deepEqual(copy("two").clusters, [{ name: "d", cluster: { server: "https://third", "certificate-authority": join(folder, "b/ca.crt") } }]);
  });

  it("is none where the context is none", () => {
    assert.equal(copyOfContext("three"), undefined);
    assert.deepEqual(contextNames(), ["one", "two", "odd"]);
    assert.deepEqual([copy("odd").clusters, copy("odd").users], [[], []]);
  });

  it("of a file that can not be read is an error with its name", () => {
    writeFileSync(join(folder, "a.yaml"), "contexts: [");
    assert.throws(() => copyOfContext("two"), { name: "UserError", message: /a\.yaml can not be read: / });
  });
});

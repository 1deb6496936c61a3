import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { diffConfig, readSettings } from "../../plugins/kubernetes/config";
import { checkpoint } from "../../plugins/kubernetes/checkpoint";
import { normalize } from "../../plugins/kubernetes/normalize";
import { checkObject, diffObject } from "../../plugins/kubernetes/objects";
import { changesOf, mergePatch, threeWayPatch } from "../../plugins/kubernetes/patch";
import { canonicalQuantity } from "../../plugins/kubernetes/quantity";
import { diffRelease } from "../../plugins/kubernetes/release";
import { resourceNames } from "../../plugins/kubernetes/release-record";
import { checkRelease } from "../../plugins/kubernetes/release-inputs";
import { session as newSession } from "../../plugins/kubernetes/session";
import { isSecret, plainObject, secret, unknown, type Values } from "../../plugins/shared/values";

const settings = {
  cluster: undefined, connection: undefined, unreachable: "", defaultNamespace: "default", secretMutable: false,
  configMapMutable: false, patchForce: false, upsertExisting: false, deleteUnreachable: false, helmDriver: "secret",
  signal: new AbortController().signal, log: () => undefined,
};
const strict = newSession(settings);
const mutable = newSession({ ...settings, secretMutable: true, configMapMutable: true });
const noSeed = new Uint8Array();

const subject = (kind: string, group = "core/v1") => ({ urn: "urn", type: `kubernetes:${group}:${kind}`, name: "it" });
const configMap = (data: Values, metadata: Values = { name: "one", namespace: "shop" }): Values => ({ apiVersion: "v1", kind: "ConfigMap", metadata, data });

/** Changed paths, those that replace with an exclamation mark, and whether the old object goes first. */
function changed(session: typeof strict, kind: string, before: Values, after: Values, live: Values = before, group?: string) {
  const of = subject(kind, group);
  const olds = checkpoint(normalize(plainObject(before)), { ...live, status: { phase: "Active" } }, before, "v1", "manager");
  const { changes, deleteBeforeReplace } = diffObject(session, of, olds, after, []);
  return { paths: [...changes].map(([path, { replace }]) => (replace ? `${path}!` : path)).sort(), deleteBeforeReplace };
}

describe("stand-in kubernetes provider", () => {
  describe("quantities", () => {
    for (const [given, canonical] of [
      ["1024Mi", "1Gi"], ["1536Mi", "1536Mi"], ["1000m", "1"], ["0.5", "500m"], [0.1, "100m"], [2, "2"], ["2000", "2k"], ["0", "0"],
      ["0.5Gi", "512Mi"], ["512", "512"], ["1.5", "1500m"], ["1Ki", "1Ki"], ["100Mi", "100Mi"], ["1e3", "1e3"], ["no", "no"],
    ] as const) {
      it(`${given} is ${canonical}`, () => assert.equal(canonicalQuantity(given), canonical));
    }
  });

  describe("patches", () => {
    it("turn one object into another", () => {
      assert.deepEqual(mergePatch({ a: 1, b: { c: 1, d: 2 }, e: [1] }, { b: { c: 1, d: 3 }, e: [1, 2], f: "new" }), { a: null, b: { d: 3 }, e: [1, 2], f: "new" });
      assert.deepEqual(mergePatch({ a: { b: [{ c: 1 }] } }, { a: { b: [{ c: 1 }] } }), {});
    });

    it("of three versions leave alone what only the live one has", () => {
      assert.deepEqual(threeWayPatch({ a: 1, gone: { x: 1 } }, { a: 1 }, { a: 2, own: true, gone: { x: 1 } }), { a: 1, gone: null });
      assert.deepEqual(threeWayPatch({ values: { a: 1, b: 2 } }, { values: { a: 1 } }, { values: { a: 1, b: 2 }, status: {} }), { values: { b: null } });
    });

    it("become single changes, with odd names quoted", () => {
      const before: Values = { metadata: { labels: { "a.b/c": "1" } }, list: [{ x: 1, y: 1 }, { x: 2 }] };
      const after: Values = { metadata: { labels: { "a.b/c": "2" } }, list: [{ x: 1 }, { x: 3 }] };
      const changes = changesOf(mergePatch(before, after), before, after, before, ["list"]);
      assert.deepEqual([...changes].map(([path, { change, replace }]) => [path, change, replace]), [
        ['metadata.labels["a.b/c"]', "update", false], ["list[0].y", "delete", true], ["list[1].x", "update", true],
      ]);
    });
  });

  describe("check", () => {
    const check = (session: typeof strict, kind: string, news: Values, olds: Values = {}, seed = noSeed, group?: string) =>
      checkObject(session, subject(kind, group), olds, news, seed).inputs;

    it("names what has no name, the same in preview and update, and keeps that name", () => {
      const seed = new Uint8Array([1, 2, 3]);
      const first = check(strict, "ConfigMap", { apiVersion: "v1", kind: "ConfigMap" }, {}, seed);
      assert.match(String((first.metadata as Values).name), /^it-[0-9a-f]{8}$/);
      assert.deepEqual(first.metadata, { name: (first.metadata as Values).name, annotations: { "pulumi.com/autonamed": "true" }, namespace: "default" });
      assert.deepEqual(check(strict, "ConfigMap", { apiVersion: "v1", kind: "ConfigMap" }, {}, seed), first);
      assert.deepEqual(check(strict, "ConfigMap", { apiVersion: "v1", kind: "ConfigMap" }, first).metadata, first.metadata);
    });

    it("gives a namespace to what lives in one only", () => {
      assert.deepEqual(check(strict, "Namespace", { kind: "Namespace", metadata: { name: "shop" } }).metadata, { name: "shop" });
      assert.deepEqual(check(strict, "Secret", { kind: "Secret", metadata: { name: "s", namespace: unknown } }).metadata, { name: "s", namespace: unknown });
    });

    it("makes data of a Secret's stringData, and all of it secret", () => {
      const inputs = check(strict, "Secret", { kind: "Secret", metadata: { name: "s" }, data: { a: "YQ==" }, stringData: { b: secret("b") } });
      assert.ok(isSecret(inputs.data) && inputs.stringData === undefined);
      assert.deepEqual(plainObject(inputs).data, { a: "YQ==", b: "Yg==" });
      const later = check(strict, "Secret", { kind: "Secret", metadata: { name: "s" }, stringData: { b: unknown } });
      assert.ok(isSecret(later.stringData));
    });

    it("keeps secrets elsewhere where they are", () => {
      const inputs = check(strict, "ConfigMap", configMap({ a: secret("x"), b: "y" }));
      assert.ok(isSecret((inputs.data as Values).a) && (inputs.data as Values).b === "y");
    });

    it("leaves out what the server leaves out", () => {
      const policy = {
        apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", metadata: { name: "n", labels: {} },
        spec: { podSelector: { matchLabels: {} }, ingress: [], egress: [{ to: [{ namespaceSelector: {} }] }] },
      };
      assert.deepEqual(check(strict, "NetworkPolicy", policy, {}, noSeed, "networking.k8s.io/v1"), {
        apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", metadata: { name: "n", namespace: "default" },
        spec: { podSelector: {}, egress: [{ to: [{ namespaceSelector: {} }] }] },
      });
    });

    it("refuses types that it does not know by name", () => {
      assert.throws(() => check(strict, "Pod", {}), /kubernetes:core\/v1:Pod is not part of Storefleet's stand-in/);
    });
  });

  describe("diff of objects", () => {
    it("finds nothing where only the server has added something", () => {
      const before = configMap({ a: "1" });
      const live = { ...before, metadata: { ...(before.metadata as Values), uid: "u", labels: { added: "yes" } }, immutable: false };
      assert.deepEqual(changed(strict, "ConfigMap", before, before, live).paths, []);
    });

    it("replaces for a new name or namespace, without deleting first", () => {
      const other = (metadata: Values) => changed(strict, "ConfigMap", configMap({ a: "1" }), configMap({ a: "1" }, metadata));
      assert.deepEqual(other({ name: "two", namespace: "shop" }), { paths: ["metadata.name!"], deleteBeforeReplace: false });
      assert.deepEqual(other({ name: "one", namespace: "other" }), { paths: ["metadata.namespace!"], deleteBeforeReplace: false });
    });

    it("replaces for new contents unless the provider is told otherwise, the old one first", () => {
      const [before, after] = [configMap({ a: "1" }), configMap({ a: "2", b: "3" })];
      assert.deepEqual(changed(strict, "ConfigMap", before, after), { paths: ["data.a!", "data.b!"], deleteBeforeReplace: true });
      assert.deepEqual(changed(mutable, "ConfigMap", before, after), { paths: ["data.a", "data.b"], deleteBeforeReplace: false });
      const frozen = { ...after, immutable: true };
      assert.deepEqual(changed(mutable, "ConfigMap", { ...before, immutable: true }, frozen).paths, ["data.a!", "data.b!"]);
      const autonamed = { name: "one", namespace: "shop", annotations: { "pulumi.com/autonamed": "true" } };
      assert.equal(changed(strict, "ConfigMap", configMap({ a: "1" }, autonamed), configMap({ a: "2" }, autonamed)).deleteBeforeReplace, false);
    });

    it("sees through stringData, and replaces for another type of Secret", () => {
      const object = (rest: Values): Values => ({ apiVersion: "v1", kind: "Secret", metadata: { name: "s", namespace: "shop" }, ...rest });
      const live = object({ data: { a: "YQ==" }, type: "Opaque" });
      assert.deepEqual(changed(mutable, "Secret", object({ stringData: { a: "a" } }), object({ data: { a: "YQ==" } }), live).paths, []);
      assert.deepEqual(changed(mutable, "Secret", object({ stringData: { a: "a" } }), object({ stringData: { a: secret("b") } }), live).paths, ["data.a"]);
      assert.deepEqual(changed(mutable, "Secret", object({ type: "Opaque" }), object({ type: "other/type" }), live).paths, ["type!"]);
    });

    it("takes drift for a change, and removals for deletions", () => {
      const before = configMap({ a: "1" }, { name: "one", namespace: "shop", labels: { x: "1", y: "2" } });
      const after = configMap({ a: "1" }, { name: "one", namespace: "shop", labels: { x: "1" } });
      assert.deepEqual(changed(mutable, "ConfigMap", before, after).paths, ["metadata.labels.y"]);
      assert.deepEqual(changed(mutable, "ConfigMap", after, after, configMap({ a: "drifted" })).paths, ["data.a", "metadata.labels"]);
    });
  });

  describe("releases", () => {
    let folder: string;
    const release = subject("Release", "helm.sh/v3");
    const check = (news: Values, olds: Values = {}) => checkRelease("default", release, olds, news);

    before(() => {
      folder = mkdtempSync(join(tmpdir(), "storefleet-chart-"));
      writeFileSync(join(folder, "Chart.yaml"), "apiVersion: v2\nname: web\nversion: 1.2.3\n");
    });
    after(() => rmSync(folder, { recursive: true }));

    it("get a name, a namespace, a timeout and the chart's version", async () => {
      const { inputs, failures } = await check({ chart: folder, compat: "true", values: { password: secret("p") } });
      assert.deepEqual(failures, []);
      assert.match(String(inputs.name), /^it-[0-9a-f]{8}$/);
      assert.deepEqual([inputs.namespace, inputs.timeout, inputs.version, inputs.compat], ["default", 300, "1.2.3", undefined]);
      assert.ok(isSecret((inputs.values as Values).password));
      assert.equal((await check({ chart: folder }, inputs)).inputs.name, inputs.name);
      assert.equal((await check({ chart: folder, skipAwait: true })).inputs.timeout, 0);
    });

    it("without a chart are refused, unless their inputs are not known yet", async () => {
      assert.match((await check({ chart: "./nowhere" })).failures?.[0]?.reason ?? "", /path "\.\/nowhere" not found; check the chart name/);
      assert.deepEqual((await check({ chart: "./nowhere", namespace: unknown })).failures, []);
      await assert.rejects(check({ chart: folder, postrender: "x" }), /postrender of a Release: not part of/);
    });

    it("tell the names of their objects by kind", async () => {
      const manifest = [
        "---\n# Source: web/a.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: b\ndata:\n  text: |\n    kind: Lie\n",
        "---\nmetadata: { name: a, namespace: other }\nkind: ConfigMap\napiVersion: v1\n",
        "---\n# nothing\n",
        '--- # json\n{ "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": "web" } }\n',
      ].join("");
      const record = { name: "web", namespace: "shop", version: 1, info: { status: "deployed" }, chart: { metadata: { name: "web", version: "1" } }, manifest };
      assert.deepEqual(await resourceNames(record), { "ConfigMap/v1": ["b", "other/a"], "Deployment.apps/apps/v1": ["web"] });
    });

    it("change by their inputs, and are replaced for another name or namespace", async () => {
      const { inputs } = await check({ chart: folder, name: "web", namespace: "shop", values: { a: 1, list: [1], b: { c: "d" } } });
      const state: Values = { ...inputs, status: { status: "failed" }, resourceNames: {}, __inputs: secret(inputs) };
      const paths = (news: Values) => {
        const { changes } = diffRelease(release, state, { ...inputs, ...news }, []);
        return [...changes].map(([path, { replace }]) => (replace ? `${path}!` : path)).sort();
      };
      assert.deepEqual(paths({}), []);
      assert.deepEqual(paths({ values: { a: 2, list: [1, 2], b: {} } }), ["values.a", "values.b.c", "values.list[1]"]);
      assert.deepEqual(paths({ values: { ...(inputs.values as Values), a: unknown } }), ["values.a"]);
      assert.deepEqual(paths({ version: "2.0.0", name: "other", namespace: "elsewhere" }), ["name!", "namespace!", "version"]);
    });
  });

  describe("settings", () => {
    it("come from the provider, else from the environment; others are refused", () => {
      assert.equal(readSettings(new Map([["enableSecretMutable", "true"]])).secretMutable, true);
      assert.equal(readSettings(new Map()).secretMutable, false);
      assert.throws(() => readSettings(new Map([["renderYamlToDirectory", "out"]])), /renderYamlToDirectory: not part of/);
      assert.throws(() => readSettings(new Map([["enableServerSideApply", "false"]])), /enableServerSideApply=false/);
    });

    it("that lead to another cluster replace everything, unless the cluster is known by an identifier", async () => {
      const kubeconfig = (server: string) => JSON.stringify({
        apiVersion: "v1", kind: "Config", "current-context": "c", users: [{ name: "u", user: {} }],
        clusters: [{ name: "k", cluster: { server } }], contexts: [{ name: "c", context: { cluster: "k", user: "u" } }],
      });
      const [one, same, two] = [kubeconfig("https://one"), `${kubeconfig("https://one")}\n`, kubeconfig("https://two")];
      const replaces = async (olds: Values, news: Values) => [...(await diffConfig(olds, news)).changes].filter(([, { replace }]) => replace).map(([name]) => name);
      assert.deepEqual(await replaces({ kubeconfig: one }, { kubeconfig: same }), []);
      assert.deepEqual(await replaces({ kubeconfig: one }, { kubeconfig: two }), ["kubeconfig"]);
      assert.deepEqual(await replaces({ kubeconfig: one }, { kubeconfig: unknown }), ["kubeconfig"]);
      assert.deepEqual(await replaces({ kubeconfig: one, clusterIdentifier: "x" }, { kubeconfig: two, clusterIdentifier: "x" }), []);
      assert.deepEqual(await replaces({ kubeconfig: one, clusterIdentifier: "x" }, { kubeconfig: one, clusterIdentifier: "y" }), ["clusterIdentifier"]);
    });
  });
});

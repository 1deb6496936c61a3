import assert from "node:assert/strict";
import type { Kube } from "../../../../kube";
import { causesInWords, causesOf } from "../../../../scripts/fleet/causes";
import { adminOf } from "../../../../scripts/fleet/admin-login";
import { isUnchanged } from "../../../../scripts/fleet/classify";
import { lackingSecrets, noteChangedSecrets, outsideTrouble } from "../../../../scripts/fleet/outside-secrets";
import { KubeError } from "../../../../kube";
import { revisionOf } from "../../../../stores/outside-secrets";
import { namespaceOf } from "../../../../config/names";
import { FakeKube } from "../../helpers/fake-kube";
import { observedStore, specOf } from "../../helpers/fleet";

const namespace = namespaceOf("local", "acme");
const path = (name: string) => `/api/v1/namespaces/${namespace}/secrets/${name}`;
const spec = specOf("acme", { engine: "woocommerce", secrets: { database: "acme-db" } });
const whole = { password: "cGFzcw==", "root-password": "cGFzcw==" };
const receipt = { ...observedStore("acme").receipt!, outside: { database: { name: "acme-db", revision: revisionOf({ uid: "uid of acme-db", resourceVersion: "1" }) } } };
const observed = () => observedStore("acme", { namespace, receipt });

function cluster(resourceVersion?: string, data: Record<string, string> = whole) {
  const fake = new FakeKube();
  if (resourceVersion !== undefined) fake.put(path("acme-db"), { metadata: { resourceVersion }, data });
  return { fake, kube: fake as unknown as Kube };
}

describe("Secrets from outside, in a fleet", () => {
  it("that changed or are gone make a store one to update, and say so", async () => {
    for (const [version, changed] of [["1", []], ["2", ["acme-db"]], [undefined, ["acme-db"]]] as const) {
      const store = observed();
      const { kube, fake } = cluster(version);
      await noteChangedSecrets(kube, new Map([["acme", store], ["plain", observedStore("plain")]]));
      assert.deepEqual(store.changedSecrets, changed);
      assert.deepEqual(fake.reads, [{ path: `/api/v1/namespaces/${namespace}/secrets`, metadataOnly: true }], "no value is read, and nothing of stores that have none");
      assert.equal(isUnchanged(store, store.receipt!.digest), changed.length === 0);
      const causes = causesOf(store, store.receipt!.digest, { entry: {}, settings: {}, program: "" });
      assert.deepEqual([causes, causesInWords(causes)], changed.length === 0 ? [[], ""] : [[{ cause: "secret", name: "acme-db" }], "Secret acme-db changed"]);
    }
  });

  it("that lack something are named before anything is made, also where there is no namespace to look in", async () => {
    const { kube, fake } = cluster("1", { password: "cGFzcw==" });
    assert.deepEqual(await lackingSecrets(kube, "local", spec, true), [{ name: "acme-db", namespace, keys: ["password", "root-password"], fault: `Secret acme-db in namespace ${namespace} lacks root-password` }]);
    fake.reads.splice(0);
    assert.match((await lackingSecrets(kube, "local", spec, false))[0]!.fault!, /^Secret acme-db is missing/);
    assert.deepEqual(fake.reads, []);
    assert.deepEqual(await lackingSecrets(cluster("1").kube, "local", spec, true), []);
  });

  it("are why a store is not well, unless whoever looks must not see them", async () => {
    const trouble = (kube: Kube, settings = {}) => outsideTrouble(kube, spec, settings, observed());
    assert.equal(await trouble(cluster("1").kube), undefined);
    assert.match((await trouble(cluster("1", {}).kube))!, /lacks password, root-password$/);
    assert.match((await trouble(cluster("2").kube))!, /^acme-db changed since the shop's pods were started — \.\/scripts\/stores apply acme$/);
    const store = { secrets: { store: { kind: "ClusterSecretStore" as const, name: "vault", path: "{store}/{kind}" } } };
    assert.match((await trouble(cluster("1").kube, store))!, /^ExternalSecret woocommerce-admin-external is not Ready: it is not there; ExternalSecret woocommerce-salts-external/);
    const { fake, kube } = cluster("1");
    fake.before = () => {
      throw new KubeError(403, "forbidden");
    };
    assert.equal(await trouble(kube), undefined);
    fake.before = () => {
      throw new KubeError(500, "no");
    };
    await assert.rejects(trouble(kube));
  });

  it("are where the administrator's login is, once the receipt says so", () => {
    const metadata = { name: "receipt", creationTimestamp: "" };
    assert.deepEqual(adminOf(undefined, "medusa"), { secret: "medusa-admin", username: undefined });
    assert.deepEqual(adminOf({ metadata, data: { adminUsername: "me", outsideSecrets: '{"admin":{"name":"acme-admin","revision":"1"}}' } }, "medusa"), { secret: "acme-admin", username: "me" });
  });
});

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSettings } from "../../../../config/environment";
import { UserError } from "../../../../config/errors";
import { environmentReceipt } from "../../../../infra/digest";
import type { Session } from "../../../../scripts/engine/session";
import { shopToVerify } from "../../../../scripts/operations/verify";
import { annotations, labels } from "../../../../stores/labels";
import { controllerPod, FakeKube } from "../../helpers/fake-kube";
import { putStore } from "../../helpers/fleet";

const base64 = (text: string) => Buffer.from(text).toString("base64");

describe("stores verify", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "storefleet-verify-"));
    writeFileSync(join(folder, "stores.yaml"), "stores:\n  - {name: acme, engine: woocommerce}\n  - {name: cargo, engine: medusa}\n");
  });
  after(() => rmSync(folder, { recursive: true }));

  /** A cluster on which `acme` is READY. */
  function cluster(settings = readSettings("local"), note: Record<string, string> = {}, engine = "woocommerce") {
    const kube = new FakeKube();
    const path = putStore(kube, "acme", { annotations: note });
    const namespace = path.split("/").at(-1)!;
    kube.objects.get(path)!.metadata.labels![labels.engine] = engine;
    const metadata = { labels: { [labels.env]: "local", [labels.store]: "acme" } };
    kube.put(`${path}/secrets/${engine}-admin`, { data: { username: base64("admin"), password: base64("pässword") } });
    kube.put(`/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses/${engine}`, { metadata }).put("/apis/networking.k8s.io/v1/ingressclasses/traefik").put(...controllerPod);
    const receipt = { environment: "local", digest: "", settings: JSON.stringify(settings) };
    kube.put(`/api/v1/namespaces/${environmentReceipt.namespace}/configmaps/${environmentReceipt.name}`, { data: receipt });
    return Object.assign(kube, { store: path });
  }
  const target = (kube: FakeKube, name = "acme", place: object = {}) => {
    const session = { env: "local", kube: kube.asKube, cluster: { simulated: false, ...place } } as Session;
    return shopToVerify(session, { env: "local", file: join(folder, "stores.yaml") }, name);
  };
  const refuses = (promise: Promise<unknown>, message: RegExp, hint: RegExp) =>
    assert.rejects(promise, (error) => error instanceof UserError && message.test(error.message) && hint.test(error.hint ?? ""));

  it("knows the shop's address, its administrator and its mail catcher", async () => {
    const { admin, mail, url, engine, access } = await target(cluster(), "acme", { ingressPorts: { http: 8080, https: 8443 } });
    assert.deepEqual([url, engine, admin, mail], ["http://acme.example.com", "woocommerce", { username: "admin", password: "pässword" }, { catcher: "http://mail.127.0.0.1.nip.io", login: undefined }]);
    assert.deepEqual(access, { ports: { http: 8080, https: 8443 }, timeout: 15_000 });
    assert.equal((await target(cluster())).access.ports, undefined);
  });

  it("looks for mail in the catcher only where the stores' mail goes there", async () => {
    const local = readSettings("local");
    assert.deepEqual((await target(cluster({ ...local, tls: { issuer: "letsencrypt", wildcard: false } }))).mail, { catcher: "https://mail.127.0.0.1.nip.io", login: undefined });
    assert.deepEqual((await target(cluster({ ...local, smtp: { host: "smtp.example.com", port: 587, from: "a@example.com" } }))).mail, { server: "smtp.example.com" });
    assert.deepEqual((await target(cluster({ ...local, mailCatcher: false }))).mail, { server: local.smtp.host });
  });

  it("logs in to a catcher that is not this machine's own", async () => {
    const open = cluster({ ...readSettings("local"), hostSuffix: ".shops.example" });
    await refuses(target(open), /^the Secret mail-catcher-login is gone, so nobody can read the mail catcher$/, /cluster up$/);
    open.put("/api/v1/namespaces/storefleet-mail/secrets/mail-catcher-login", { data: { username: base64("mail"), password: base64("secret") } });
    assert.deepEqual((await target(open)).mail, { catcher: "http://mail.shops.example", login: { username: "mail", password: "secret" } });
  });

  it("refuses where nothing can be bought", async () => {
    await refuses(target(cluster(), "acme", { simulated: true }), /^nothing can be bought in acme$/, /Pods are simulated/);
    await refuses(target(cluster(), "acne"), /^there is no store "acne"/, /Did you mean "acme"\?/);
  });

  it("refuses a store that is not READY, and says why it is not", async () => {
    const look = /\.\/scripts\/stores status acme$/;
    await refuses(target(cluster(undefined, { [annotations.lastError]: "quota too small" })), /^acme is FAILED: the last apply failed: quota too small$/, look);
    await refuses(target(cluster(undefined, { [annotations.suspended]: "true" })), /^acme is SUSPENDED$/, look);
    await refuses(target(new FakeKube()), /^acme is PROVISIONING: listed, not created yet/, look);
  });

  describe("of a Medusa store", () => {
    const key = (data: object | undefined) => {
      const kube = cluster(undefined, {}, "medusa");
      return data ? kube.put(`${kube.store}/secrets/medusa-storefront`, { data: data as Record<string, string> }) : kube;
    };

    it("knows the key that its storefront has", async () => {
      const { engine, publishableKey, admin } = await target(key({ "publishable-key": base64("pk_0123") }));
      assert.deepEqual([engine, publishableKey, admin.username], ["medusa", "pk_0123", "admin"]);
      assert.equal((await target(cluster())).publishableKey, undefined);
    });

    it("refuses one whose key is not there", async () => {
      const where = /^Look into namespace store-acme-\w+\.$/;
      await refuses(target(key(undefined)), /^the Secret medusa-storefront of acme is gone, so the storefront can not ask the store API$/, where);
      for (const data of [{}, { other: "" }, { "publishable-key": "" }]) await refuses(target(key(data)), /^the Secret medusa-storefront of acme has no publishable-key, so /, where);
    });
  });

  it("refuses one of an engine that it does not know", async () => {
    await refuses(target(cluster(undefined, {}, "shopware")), /^acme is a shopware store, and verify knows none of those$/, /^It knows: woocommerce, medusa\.$/);
  });

  it("refuses a store whose administrator is not known", async () => {
    const kube = cluster();
    for (const path of [...kube.objects.keys()]) if (path.endsWith("/secrets/woocommerce-admin")) kube.objects.delete(path);
    await refuses(target(kube), /^the Secret woocommerce-admin of acme is gone/, /namespace store-acme-/);
  });
});

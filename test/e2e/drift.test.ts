import assert from "node:assert/strict";
import { Fleet } from "./helpers/fleet";
import type { Answer } from "../../scripts/operations/answers";

describe("what somebody changed by hand", function () {
  this.timeout(300_000);
  const fleet = new Fleet();
  const look = (...args: string[]) => fleet.json<Answer<"drift">>("drift", ...args);
  const told = ({ stores }: Answer<"drift">) => stores.flatMap(({ name, drift }) => drift.map((it) => [name, it.object, it.class, it.path, it.by].join(" "))).sort();
  const patch = (store: string, object: string, operations: object[]) => fleet.kubectl("-n", fleet.namespace(store), "patch", object, "--type", "json", "-p", JSON.stringify(operations));

  before(async () => {
    fleet.list("{ name: acme, engine: woocommerce }", "{ name: bloom, engine: medusa }");
    await fleet.up();
    await fleet.ok("apply");
  });
  after(() => fleet.remove());

  it("is nothing in fresh stores, and none of it is what we do ourselves", async () => {
    assert.deepEqual([told(await look()), (await fleet.stores("drift", "--detailed-exitcode")).code], [[], 0]);
    await fleet.ok("restart", "acme");
    await fleet.kubectl("-n", fleet.namespace("bloom"), "rollout", "restart", "deployment/medusa-worker");
    assert.deepEqual(told(await look()), []);
  });

  it("is found with who did it, mended, and is then nothing: in the release, and in what Pulumi made", async () => {
    const of = (store: string) => ["-n", fleet.namespace(store)];
    await fleet.kubectl(...of("acme"), "delete", "ingress/woocommerce", "secret/woocommerce-salts", "networkpolicy/allow-dns");
    await fleet.kubectl(...of("acme"), "set", "env", "deployment/woocommerce-wordpress", "DEBUG=1");
    await fleet.kubectl(...of("acme"), "scale", "deployment/woocommerce-wordpress", "--replicas=2");
    await patch("acme", "resourcequota/quota", [{ op: "replace", path: "/spec/hard/pods", value: "99" }]);
    await fleet.kubectl("label", "namespace", fleet.namespace("acme"), "team=x");
    await fleet.kubectl(...of("acme"), "patch", "secret/woocommerce-admin", "-p", JSON.stringify({ stringData: { extra: "s3cret" } }));
    await patch("bloom", "deployment/medusa-server", [{ op: "remove", path: "/spec/template/spec/automountServiceAccountToken" }, { op: "replace", path: "/spec/template/spec/containers/0/image", value: "other:1" }]);
    await patch("bloom", "networkpolicy/deny-all", [{ op: "replace", path: "/spec/policyTypes", value: ["Ingress"] }]);

    const found = told(await look());
    assert.deepEqual(found, [
      "acme Deployment/woocommerce-wordpress added /spec/template/spec/containers/[name=wordpress]/env/[name=DEBUG] kubectl-set",
      "acme Deployment/woocommerce-wordpress changed /spec/replicas kubectl",
      "acme Ingress/woocommerce missing  ",
      `acme Namespace/${fleet.namespace("acme")} added /metadata/labels/team kubectl-label`,
      "acme NetworkPolicy/allow-dns missing  ",
      "acme ResourceQuota/quota changed /spec/hard/pods kubectl-patch",
      "acme Secret/woocommerce-admin added /data/extra kubectl-patch",
      "acme Secret/woocommerce-salts missing  ",
      "bloom Deployment/medusa-server changed /spec/template/spec/automountServiceAccountToken ",
      "bloom Deployment/medusa-server changed /spec/template/spec/containers/[name=server]/image kubectl-patch",
      "bloom NetworkPolicy/deny-all changed /spec/policyTypes kubectl-patch",
    ]);
    assert.equal((await fleet.stores("drift", "--detailed-exitcode")).code, 2);

    const salts = async () => JSON.stringify((await fleet.objects("acme", "secrets")).find(({ metadata }) => metadata.name === "woocommerce-admin")!.data!.password);
    const password = await salts();
    const asked = await fleet.stores("drift", "--repair");
    assert.deepEqual([asked.code, /Say --yes to go ahead/.test(asked.stderr), told(await look())], [3, true, found]);
    const repaired = await look("--repair", "--yes");
    assert.deepEqual(repaired.repaired.map(({ name, result, error }) => [name, result, error]).sort(), [["acme", "repaired", null], ["bloom", "repaired", null]]);
    assert.deepEqual([told(await look()), await salts()], [[], password]);
    await fleet.assertSound("acme", "bloom");
    const { operations } = await fleet.json<Answer<"operations">>("operations");
    assert.deepEqual(operations[0]!.stores.acme!.repairs, ["mended what was changed by hand"]);
    assert.deepEqual((await look("--repair")).repaired, []);
  });

  it("is left alone where the settings say so, and where a Secret's value was written over, or the store is not as listed, a repair says why not", async () => {
    await fleet.kubectl("-n", fleet.namespace("acme"), "annotate", "service/woocommerce-mariadb", "example.com/owner=me");
    const settings = "Pulumi.local.yaml";
    fleet.patch(settings, "config:\n", "config:\n  storefleet:drift: { ignore: [{ kind: Service, path: /metadata/annotations/example.com~1owner }] }\n");
    assert.deepEqual(told(await look()), []);
    await fleet.kubectl("-n", fleet.namespace("acme"), "patch", "secret/woocommerce-database", "-p", JSON.stringify({ stringData: { password: "s3cret" } }));
    const { code, stdout } = await fleet.stores("drift", "--repair", "--yes", "--json");
    assert.deepEqual([code, stdout.includes("s3cret")], [1, false]);
    assert.match((JSON.parse(stdout) as Answer<"drift">).repaired[0]!.error!, /apply acme --adopt/);
    fleet.list("{ name: acme, engine: woocommerce }", "{ name: bloom, engine: medusa, title: Bloom and more }");
    await patch("bloom", "networkpolicy/deny-all", [{ op: "replace", path: "/spec/policyTypes", value: ["Ingress"] }]);
    const refused = await fleet.stores("drift", "bloom", "--repair", "--yes", "--json");
    const answer = JSON.parse(refused.stdout) as Answer<"drift">;
    assert.deepEqual([refused.code, answer.repaired.map(({ result }) => result), told(answer)], [1, ["refused"], ["bloom NetworkPolicy/deny-all foreign /spec/policyTypes kubectl-patch"]]);
  });
});

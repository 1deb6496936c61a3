import assert from "node:assert/strict";
import { readSettings } from "../../../../config/environment";
import { environmentUp } from "../../../../scripts/engine/environment-up";
import type { Session } from "../../../../scripts/engine/session";
import { readEnvironment } from "../../../../scripts/fleet/environment";
import { readReleases } from "../../../../scripts/fleet/environment-parts";
import { FakeKube } from "../../helpers/fake-kube";

const settings = readSettings("local");
const system = "/api/v1/namespaces/storefleet-system";

function record(kube: FakeKube, namespace: string, name: string, version: number, status: string): FakeKube {
  return kube.put(`/api/v1/namespaces/${namespace}/configmaps/sh.helm.release.v1.${name}.v${version}`, { metadata: { labels: { owner: "helm", name, status, version: String(version) } } });
}

describe("an environment's parts in the cluster", () => {
  it("its receipt tells the digest that the last operation reached, and none where that got stuck", async () => {
    const kube = new FakeKube();
    const heading = (digest: string) => kube.put(system, { metadata: { annotations: { "storefleet.dev/digest": digest } } });
    assert.equal(await readEnvironment(kube.asKube, "local"), undefined);
    kube.put(`${system}/configmaps/storefleet-environment`, { data: { environment: "local", digest: "one", settings: JSON.stringify(settings) } });
    heading("one");
    assert.equal((await readEnvironment(kube.asKube, "local"))?.digest, "one");
    heading("two");
    assert.equal((await readEnvironment(kube.asKube, "local"))?.digest, "");
    assert.equal(await readEnvironment(kube.asKube, "prod"), undefined);
  });

  it("its releases are whole when Helm's newest record says deployed and their Deployments are there", async () => {
    const kube = new FakeKube();
    const states = async () => (await readReleases(kube.asKube, "local", settings)).map(({ name, status, whole }) => [name, status, whole]);
    assert.deepEqual(await states(), [["traefik", undefined, false], ["mail-catcher", undefined, false], ["parking-page", undefined, false]]);
    record(kube, "traefik", "traefik", 9, "deployed");
    record(kube, "traefik", "traefik", 10, "failed");
    record(kube, "traefik", "their-app", 11, "deployed");
    record(kube, "storefleet-mail", "mail-catcher", 1, "deployed");
    assert.deepEqual(await states(), [["traefik", "failed", false], ["mail-catcher", "deployed", false], ["parking-page", undefined, false]]);
    record(kube, "storefleet-parking", "parking-page", 1, "deployed").put("/apis/apps/v1/namespaces/storefleet-parking/deployments/parking-page", { spec: { replicas: 2 } });
    kube.put("/apis/apps/v1/namespaces/storefleet-mail/deployments/mail-catcher", { spec: { replicas: 1 } });
    record(kube, "traefik", "traefik", 11, "deployed").put("/apis/apps/v1/namespaces/traefik/deployments/traefik", { spec: { replicas: 1 } });
    assert.deepEqual(await states(), [["traefik", "deployed", true], ["mail-catcher", "deployed", true], ["parking-page", "deployed", true]]);
    kube.put("/apis/apps/v1/namespaces/traefik/deployments/traefik", { spec: { replicas: 0 } });
    assert.deepEqual((await states())[0], ["traefik", "deployed", false]);
  });

  it("cluster up changes nothing where something by the name of a part is not its own", async () => {
    const kube = new FakeKube().put("/apis/networking.k8s.io/v1/ingressclasses/traefik").put("/api/v1/namespaces/traefik");
    const session = { env: "local", kube: kube.asKube, variables: {}, cluster: { context: "a-context" } } as unknown as Session;
    await assert.rejects(environmentUp(session, settings, new AbortController().signal, () => {}, () => assert.fail("something is done")), /Namespace traefik does not carry its labels[^]*IngressClass traefik does not carry its labels/);
    assert.deepEqual(kube.changes, []);
  });
});

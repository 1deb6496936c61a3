import assert from "node:assert/strict";
import type { Session } from "../../../../scripts/engine/session";
import { findContainer, wayInside, type InsideOptions } from "../../../../scripts/operations/inside";
import { FakeKube } from "../../helpers/fake-kube";
import { observedStore } from "../../helpers/fleet";

const store = observedStore("acme");
const place = `/api/v1/namespaces/${store.namespace}/pods`;

interface Pod {
  containers?: string[];
  ready?: boolean;
  running?: boolean;
  created?: string;
  going?: boolean;
}

/** A cluster with these pods of `acme`. */
function cluster(pods: Record<string, Pod>): FakeKube {
  const kube = new FakeKube();
  for (const [name, { containers = ["wordpress"], ready = true, running = true, created = "2026-01-01T00:00:00Z", going = false }] of Object.entries(pods)) {
    kube.put(`${place}/${name}`, {
      metadata: { creationTimestamp: created, ...(going && { deletionTimestamp: created }) },
      spec: { initContainers: [{ name: "wait" }], containers: containers.map((it) => ({ name: it })) },
      status: { containerStatuses: containers.map((it) => ({ name: it, state: running ? { running: {} } : { waiting: {} } })), conditions: [{ type: "Ready", status: ready ? "True" : "False" }] },
    });
  }
  return kube;
}
const found = async (pods: Record<string, Pod>, part = "wordpress") => (await findContainer({ kube: cluster(pods).asKube }, store, part)).pod;

describe("inside a store", () => {
  it("goes into a pod that runs, one that is ready first, and then the newest", async () => {
    assert.equal(await found({ a: { ready: false }, b: { running: false }, c: {}, d: { going: true } }), "c");
    assert.equal(await found({ a: {}, b: { created: "2026-02-01T00:00:00Z" }, c: { ready: false, created: "2026-03-01T00:00:00Z" } }), "b");
    // One that is not ready is what one wants to look into.
    assert.equal(await found({ a: { ready: false } }), "a");
  });

  it("takes a pod by its name, and there the first container", async () => {
    const kube = cluster({ a: {}, b: { containers: ["mariadb", "exporter"], ready: false } }).asKube;
    assert.deepEqual(await findContainer({ kube }, store, "b"), { pod: "b", container: "mariadb" });
    assert.deepEqual(await findContainer({ kube }, store, "exporter"), { pod: "b", container: "exporter" });
  });

  it("says what the store has in place of what it has not, and why nothing runs", async () => {
    await assert.rejects(found({ a: {}, b: { containers: ["mariadb"] } }, "mariadbd"), { code: "usage", message: 'acme has no part "mariadbd"', hint: "It has: mariadb, wordpress." });
    await assert.rejects(found({ a: { running: false } }), { code: "not-ready", message: 'no pod of acme with the part "wordpress" runs', hint: "./scripts/stores status acme" });
    await assert.rejects(findContainer({ kube: cluster({}).asKube }, observedStore("acme", { suspended: true }), "wordpress"), { code: "not-ready", message: "acme is suspended: none of its pods runs" });
  });

  /** kubectl's arguments, in words. */
  async function way(options: Partial<InsideOptions>, simulated = false) {
    const kube = cluster({ web: {}, db: { containers: ["mariadb"] }, other: { containers: ["exporter"] } });
    const args = await wayInside({ kube: kube.asKube, cluster: { kubeconfig: "/k", context: "c", simulated } } as Session, store, { terminal: false, ...options });
    assert.deepEqual(args.slice(0, 7), ["--kubeconfig", "/k", "--context", "c", "--namespace", store.namespace, "exec"]);
    return args.slice(7).join(" ");
  }

  it("runs the command where wp is unless another part is named, on a terminal only where there is one", async () => {
    assert.match(await way({ command: ["wp", "plugin", "list"] }), /^--stdin web --container wordpress -- sh -c export .*WP_CONFIG_PATH=.* && exec "\$@" sh wp plugin list$/);
    assert.match(await way({ command: ["wp"], terminal: true }), /^--stdin --tty web --container wordpress /);
    assert.equal(await way({ command: ["ls", "/"], part: "exporter" }), "--stdin other --container exporter -- ls /");
  });

  it("without a command it is the part's prompt, with the password read in there", async () => {
    assert.match(await way({ part: "wp" }), / web --container wordpress .* sh bash$/);
    assert.match(await way({ part: "mariadb" }), / db --container mariadb -- sh -c MYSQL_PWD="\$\(cat \/run\/secrets\/database\/password\)" && .* sh mariadb --user=wordpress wordpress$/);
    assert.equal(await way({ part: "exporter" }), "--stdin other --container exporter -- sh");
  });

  it("simulated pods have no inside", () =>
    assert.rejects(way({}, true), (error: Error & { code: string; hint: string }) => error.code === "not-ready" && error.message === "nothing runs in the pods of acme" && /Pods are simulated/.test(error.hint)));
});

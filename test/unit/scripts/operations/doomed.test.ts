import assert from "node:assert/strict";
import type { Session } from "../../../../scripts/engine/session";
import type { RunResult } from "../../../../scripts/machine/os/run";
import { toolPath } from "../../../../scripts/machine/tools";
import { lookAtDoomed } from "../../../../scripts/operations/doomed";
import { FakeKube } from "../../helpers/fake-kube";
import { observedStore, putStore } from "../../helpers/fleet";
import { tool } from "../../helpers/tool";

describe("what goes with a store", () => {
  before(async () => assert.equal(toolPath("kubectl"), await tool("kubectl"), "looked for elsewhere"));

  const observed = observedStore("acme");
  const place = `/api/v1/namespaces/${observed.namespace}`;
  const running = (name: string) => ({ containerStatuses: [{ name, state: { running: {} } }], conditions: [{ type: "Ready", status: "True" }] });

  /** `acme` with two volumes and a database; `answer` is what the database says. */
  async function look(answer: Partial<RunResult>, { kube = new FakeKube(), simulated = false, store = observed } = {}) {
    putStore(kube, "acme");
    kube.put(`${place}/persistentvolumeclaims/database`, { spec: { resources: { requests: { storage: "8Gi" } } }, status: { capacity: { storage: "10Gi" } } });
    kube.put(`${place}/persistentvolumeclaims/uploads`, { spec: { resources: { requests: { storage: "5G" } } } });
    kube.put(`${place}/pods/woocommerce-mariadb-0`, { spec: { containers: [{ name: "mariadb" }] }, status: running("mariadb") });
    const asked: string[][] = [];
    const session = { env: "local", kube: kube.asKube, cluster: { kubeconfig: "/a/kubeconfig", context: "a-context", simulated } } as Session;
    const run = async (_: string, args: string[]) => (asked.push(args), { code: 0, stdout: "", stderr: "", ...answer });
    const [first, ...rest] = await lookAtDoomed(session, [{ name: "acme", observed: store }], run);
    assert.deepEqual(rest, []);
    return { ...first!, asked };
  }

  it("is its age, its volumes as large as they are, and its orders, which its own database is asked for", async () => {
    const { asked, ...found } = await look({ stdout: "1204\n" });
    assert.deepEqual(found, { name: "acme", createdAt: "2026-01-01T00:00:00Z", volumes: { count: 2, bytes: 10 * 2 ** 30 + 5e9 }, orders: 1204 });
    assert.deepEqual(asked[0]!.slice(0, 11), ["--kubeconfig", "/a/kubeconfig", "--context", "a-context", "--namespace", observed.namespace, "exec", "woocommerce-mariadb-0", "--container", "mariadb", "--"]);
    assert.equal(asked.length, 1);
    assert.match(asked[0]!.join(" "), /MYSQL_PWD="\$\(cat .*SELECT COUNT\(\*\) FROM wp_wc_orders/s);
  });

  it("orders that can not be told are unknown, and nothing fails for it", async () => {
    for (const answer of [{ code: 1, stdout: "7" }, { code: 124, stderr: "no end after 5 s" }, { stdout: "" }, { stdout: "ERROR 1146" }]) assert.equal((await look(answer)).orders, null, JSON.stringify(answer));
    const down = new FakeKube();
    down.before = (path) => {
      if (path.includes("/pods")) throw new Error("the API server went away");
    };
    assert.deepEqual((({ volumes, orders }) => [volumes?.count, orders])(await look({ stdout: "7" }, { kube: down })), [2, null]);
    assert.equal((await look({ stdout: "7" }, { store: observedStore("acme", { engine: "shopware" }) })).orders, null);
  });

  it("volumes that can not be told are unknown", async () => {
    const kube = new FakeKube();
    kube.before = (path) => {
      if (path.endsWith("/persistentvolumeclaims")) throw new Error("forbidden");
    };
    assert.equal((await look({ stdout: "7" }, { kube })).volumes, null);
  });

  it("simulated pods are not asked", async () => {
    const { orders, asked } = await look({ stdout: "7" }, { simulated: true });
    assert.deepEqual([orders, asked], [null, []]);
  });

  it("a store that only the state knows has nothing on the cluster", async () => {
    assert.deepEqual(await lookAtDoomed({} as Session, [{ name: "ghost" }]), [{ name: "ghost", createdAt: null, volumes: { count: 0, bytes: 0 }, orders: null }]);
  });
});

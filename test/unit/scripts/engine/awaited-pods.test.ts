import assert from "node:assert/strict";
import { mock } from "node:test";
import type { KubeObject } from "../../../../kube";
import { withAwaitedPods } from "../../../../scripts/engine/awaited-pods";
import type { Progress } from "../../../../scripts/engine/progress";

const pod = (store: string, ready: boolean) =>
  ({
    metadata: { name: "mariadb-0", labels: { store, "app.kubernetes.io/component": "mariadb" }, creationTimestamp: "" },
    status: { phase: "Running", conditions: [{ type: "Ready", status: ready ? "True" : "False" }] },
  }) as unknown as KubeObject;

describe("progress of releases that are awaited", () => {
  let lines: string[];
  let lists: number;
  let pods: () => KubeObject[];
  let progress: Progress;
  beforeEach(() => {
    mock.timers.enable({ apis: ["Date", "setInterval"], now: 0 });
    [lines, lists, pods] = [[], 0, () => [pod("acme", false), pod("bikes", false)]];
    const seen: Progress = { begin: (total) => lines.push(`begin ${total}`), step: (store, text) => lines.push(`${store}: ${text}`), end: (store) => lines.push(`end ${store}`), close: () => lines.push("close") };
    progress = withAwaitedPods(seen, async () => ((lists += 1), pods()), ({ metadata }) => metadata.labels?.store);
  });
  afterEach(() => {
    progress.close();
    mock.timers.reset();
  });

  async function pass(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second++) {
      mock.timers.tick(1000);
      await new Promise(setImmediate);
    }
  }

  it("tells where the pods are, with one list for all stores, and again only what is different", async () => {
    for (const store of ["acme", "bikes"]) progress.step(store, "create Release woocommerce");
    await pass(12);
    assert.deepEqual(lines, ["acme: create Release woocommerce", "bikes: create Release woocommerce", "acme: release: mariadb 0/1 ready: running", "bikes: release: mariadb 0/1 ready: running"]);
    assert.equal(lists, 2);
    pods = () => [pod("acme", true), pod("bikes", false)];
    await pass(6);
    assert.deepEqual(lines.slice(4), ["acme: release: mariadb ready"]);
  });

  it("asks for nothing while no release is awaited: before one, after it, and when the store is done", async () => {
    progress.step("acme", "create Secret admin");
    await pass(11);
    progress.step("acme", "update Release woocommerce");
    await pass(2);
    progress.step("acme", "create ConfigMap receipt");
    progress.step("bikes", "create Release medusa");
    progress.end("bikes", "failed", true);
    await pass(11);
    assert.equal(lists, 0);
  });

  it("a look that fails is no trouble", async () => {
    pods = () => {
      throw new Error("away");
    };
    progress.step("acme", "create Release woocommerce");
    await pass(11);
    pods = () => [pod("acme", true)];
    await pass(5);
    assert.deepEqual(lines.slice(1), ["acme: release: mariadb ready"]);
  });
});

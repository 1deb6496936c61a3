import assert from "node:assert/strict";
import { troubleIn, workloadsByNamespace } from "../../scripts/fleet/trouble";
import { labels } from "../../stores/marks";
import { FakeKube } from "./helpers/fake-kube";

const pods = "/api/v1/namespaces/shop/pods";
const events = "/api/v1/namespaces/shop/events";

const container = (name: string, more: object) => ({ name, image: `${name}:1`, restartCount: 0, ...more });
const pod = (kube: FakeKube, name: string, status: object) => kube.put(`${pods}/${name}`, { status });
const trouble = (kube: FakeKube) => troubleIn(kube.asKube, "shop");

/** Trouble of one pod with one container. */
const troubleOf = (state: object) => trouble(pod(new FakeKube(), "web-0", { containerStatuses: [container("web", state)] }));

describe("trouble", () => {
  it("is none where pods run or have ended well", async () => {
    const kube = new FakeKube();
    pod(kube, "web-0", { containerStatuses: [container("web", { state: { running: {} } })] });
    pod(kube, "setup-x", { containerStatuses: [container("setup", { state: { terminated: { exitCode: 0, reason: "Completed" } } })] });
    pod(kube, "next-0", { containerStatuses: [container("web", { state: { waiting: { reason: "ContainerCreating" } } })] });
    assert.equal(await trouble(kube), undefined);
    assert.equal(await trouble(new FakeKube()), undefined);
  });

  it("is an image that can not be had, in the kubelet's words", async () => {
    const message = 'Back-off pulling image "wordpress:nope": not found';
    assert.equal(await troubleOf({ state: { waiting: { reason: "ImagePullBackOff", message } } }), `web-0/web: ImagePullBackOff: ${message}`);
    assert.equal(await troubleOf({ state: { waiting: { reason: "ErrImagePull" } } }), "web-0/web: ErrImagePull: web:1");
    assert.equal(await troubleOf({ state: { waiting: { reason: "InvalidImageName", message: "couldn't parse" } } }), "web-0/web: InvalidImageName: couldn't parse");
  });

  it("is a container that can not be made", async () => {
    const message = 'secret "woocommerce-admin" not found';
    assert.equal(await troubleOf({ state: { waiting: { reason: "CreateContainerConfigError", message } } }), `web-0/web: CreateContainerConfigError: ${message}`);
  });

  it("is a crash loop, by how the container ended rather than by how long the next start is put off", async () => {
    const waiting = { reason: "CrashLoopBackOff", message: "back-off 5m0s restarting failed container=web" };
    assert.equal(await troubleOf({ restartCount: 7, state: { waiting }, lastState: { terminated: { exitCode: 137, reason: "OOMKilled" } } }), "web-0/web: CrashLoopBackOff: exit code 137 (OOMKilled) (7 restarts)");
    assert.equal(
      await troubleOf({ restartCount: 1, state: { waiting }, lastState: { terminated: { exitCode: 1, reason: "Error", message: "no database\n" } } }),
      "web-0/web: CrashLoopBackOff: exit code 1: no database (1 restarts)",
    );
    assert.equal(await troubleOf({ state: { waiting } }), `web-0/web: CrashLoopBackOff: ${waiting.message}`);
  });

  it("is a container that ended badly, also one that runs first", async () => {
    const ended = { state: { terminated: { exitCode: 2, reason: "Error", message: "table wp_options is missing\n" } } };
    assert.equal(await troubleOf(ended), "web-0/web: ended with exit code 2: table wp_options is missing");
    const kube = pod(new FakeKube(), "web-0", { initContainerStatuses: [container("prepare", ended)], containerStatuses: [container("web", { state: { waiting: { reason: "PodInitializing" } } })] });
    assert.match((await trouble(kube))!, /^web-0\/prepare: ended with exit code 2/);
  });

  it("is a pod that fits on no node", async () => {
    const conditions = [{ type: "PodScheduled", status: "False", message: "0/1 nodes are available: 1 Insufficient memory." }];
    assert.equal(await trouble(pod(new FakeKube(), "web-0", { conditions })), "web-0: can not be scheduled: 0/1 nodes are available: 1 Insufficient memory.");
  });

  it("is told for at most three pods, and equal words once", async () => {
    const kube = new FakeKube();
    for (const name of ["a", "b", "c", "d"]) pod(kube, name, { conditions: [{ type: "PodScheduled", status: "False", message: "full" }] });
    assert.equal((await trouble(kube))!.split("; ").length, 3);
  });

  const event = (kube: FakeKube, name: string, reason: string, message: string, more: object = {}) => kube.put(`${events}/${name}`, { type: "Warning", reason, message, ...more });

  it("is the quota's refusal, when no pod came to be", async () => {
    const message = 'pods "web-0" is forbidden: exceeded quota: quota, requested: requests.memory=1Gi, used: requests.memory=0, limited: requests.memory=512Mi';
    assert.equal(await trouble(event(new FakeKube(), "web.1", "FailedCreate", message)), `FailedCreate: ${message}`);
  });

  it("is the latest such event, in whatever order the API server lists them", async () => {
    const kube = new FakeKube();
    event(kube, "a", "FailedCreate", "newest", { lastTimestamp: "2026-01-01T00:00:09Z" });
    event(kube, "b", "FailedMount", "newer", { lastTimestamp: null, eventTime: "2026-01-01T00:00:05.000000Z" });
    event(kube, "c", "FailedCreate", "oldest");
    assert.equal(await trouble(kube), "FailedCreate: newest");
  });

  it("is no ordinary event, and no harmless warning", async () => {
    const kube = new FakeKube().put(`${events}/a`, { type: "Normal", reason: "FailedCreate", message: "not a warning" });
    event(kube, "b", "DNSConfigForming", "too many search domains");
    assert.equal(await trouble(kube), undefined);
  });

  it("of pods comes before that of events", async () => {
    const kube = event(new FakeKube(), "a", "FailedCreate", "quota");
    pod(kube, "web-0", { containerStatuses: [container("web", { state: { waiting: { reason: "ErrImagePull", message: "no" } } })] });
    assert.equal(await trouble(kube), "web-0/web: ErrImagePull: no");
  });
});

describe("workloads", () => {
  it("are those of the environment's stores, by namespace, in two calls", async () => {
    const mine = { labels: { [labels.env]: "local", [labels.store]: "acme" } };
    const kube = new FakeKube()
      .put("/apis/apps/v1/namespaces/one/deployments/wordpress", { metadata: mine, spec: { replicas: 2 }, status: { readyReplicas: 1 } })
      .put("/apis/apps/v1/namespaces/one/statefulsets/mariadb", { metadata: mine, spec: {}, status: {} })
      .put("/apis/apps/v1/namespaces/two/deployments/wordpress", { metadata: mine, spec: { replicas: 0 } })
      .put("/apis/apps/v1/namespaces/kube-system/deployments/coredns", { spec: { replicas: 1 } })
      .put("/apis/apps/v1/namespaces/prod/deployments/wordpress", { metadata: { labels: { ...mine.labels, [labels.env]: "prod" } } });
    assert.deepEqual(Object.fromEntries(await workloadsByNamespace(kube.asKube, "local")), {
      one: [{ name: "wordpress", ready: 1, wanted: 2 }, { name: "mariadb", ready: 0, wanted: 1 }],
      two: [{ name: "wordpress", ready: 0, wanted: 0 }],
    });
    assert.equal(kube.reads.length, 2);
  });
});

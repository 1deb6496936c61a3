import assert from "node:assert/strict";
import { workloadsByNamespace } from "../../../../scripts/fleet/trouble";
import { labels } from "../../../../stores/labels";
import { FakeKube } from "../../helpers/fake-kube";
import { at, ended, parts, podOf, pvc, ready, Shop, waiting, type Part } from "../../helpers/troubled-shop";

describe("trouble", () => {
  it("is none where pods run, start or have ended well", async () => {
    const shop = new Shop().claim("woocommerce-database", "Bound").job("setup", { conditions: [{ type: "Complete", status: "True" }] });
    shop.pod("mariadb", ready).container("setup", ended(0), { phase: "Succeeded" });
    shop.container("wordpress", waiting("ContainerCreating"), { phase: "Pending" });
    assert.equal(await shop.trouble(), undefined);
    assert.equal(await new Shop().trouble(), undefined);
  });

  describe("of a pod that was refused", () => {
    const figures = "requested: requests.memory=1Gi, used: requests.memory=0, limited: requests.memory=512Mi";
    const quota = `pods "woocommerce-mariadb-0" is forbidden: exceeded quota: quota, ${figures}`;
    const refused = `create Pod woocommerce-mariadb-0 in StatefulSet woocommerce-mariadb failed error: ${quota}`;
    const set = { kind: "StatefulSet", name: "woocommerce-mariadb" };
    const replicas = { kind: "ReplicaSet", name: "woocommerce-wordpress-7c9f8d" };
    const full = { "requests.memory": "512Mi" };
    /** A shop without database or web pod, whose quota is as small as its events say. */
    const shortShop = () => new Shop().maker("StatefulSet", "mariadb", 1, 0).maker("ReplicaSet", "wordpress", 1, 0).quota(full, { "requests.memory": "0" });

    it("names the quota and what to set, also while other pods keep saying that they are not ready", async () => {
      const shop = shortShop().event(set, "FailedCreate", refused).pod("wordpress", {});
      shop.event(podOf("wordpress"), "Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 503", { lastTimestamp: at(900) });
      assert.equal(
        await shop.trouble(),
        `quota too small for woocommerce-mariadb: ${figures} — it follows from the store's plan: choose a larger plan: in the list, ` +
          "or raise woocommerce.mariadb of its plan under plans: in Pulumi.local.yaml and cluster up; then apply",
      );
    });

    it("is over once the quota has room; a database that Kubernetes has not tried again yet is the reason then", async () => {
      const shop = shortShop().event(set, "FailedCreate", refused).pod("wordpress", {}).event(podOf("wordpress"), "Unhealthy", "503");
      for (const [hard, used, reason] of [
        ["1536Mi", "513Mi", /^quota too small/],
        ["1536Mi", "512Mi", /^database not up: woocommerce-mariadb waits for a pod: the quota .* has room by now/],
        ["1.5Gi", "536870912", /^database not up/],
        ["2G", "1100000k", /^quota too small/],
      ] as const) assert.match((await shop.quota({ "requests.memory": hard }, { "requests.memory": used }).trouble())!, reason, `${used} of ${hard}`);
      assert.match((await shop.quota({}, {}).trouble())!, /^database not up/, "no such limit any more");
      const web = shortShop().quota({}, {}).event(replicas, "FailedCreate", quota);
      assert.match((await web.trouble())!, /^woocommerce-wordpress waits for a pod/);
    });

    it("reads CPU as quotas write it", async () => {
      const message = 'pods "medusa-postgres-0" is forbidden: exceeded quota: quota, requested: requests.cpu=200m, used: requests.cpu=400m, limited: requests.cpu=405m';
      const shop = new Shop().maker("StatefulSet", "postgres", 1, 0).event({ kind: "StatefulSet", name: "medusa-postgres" }, "FailedCreate", message);
      assert.match((await shop.quota({ "requests.cpu": "405m" }, { "requests.cpu": "400m" }).trouble())!, /^quota too small for medusa-postgres: .*raise medusa\.postgres of its plan/);
      assert.match((await shop.quota({ "requests.cpu": "1" }, { "requests.cpu": "800m" }).trouble())!, /^database not up/);
      assert.match((await shop.quota({ "requests.cpu": "1" }, { "requests.cpu": "801m" }).trouble())!, /^quota too small/);
    });

    it("names what Pod Security does not allow", async () => {
      const message = 'Error creating: pods "woocommerce-wordpress-7c9f8d-" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true';
      assert.equal(await shortShop().event(replicas, "FailedCreate", message).trouble(), `pod refused: ${message}`);
    });

    it("is over once a later pod of the same part came to be, whichever ReplicaSet made it", async () => {
      const shop = shortShop().event(replicas, "FailedCreate", quota).event(set, "FailedCreate", quota);
      shop.pod("wordpress", ready, { name: "woocommerce-wordpress-5d5d5d-y", owner: "woocommerce-wordpress-5d5d5d", created: 101 });
      assert.match((await shop.trouble())!, /^quota too small/);
      assert.equal(await shop.pod("mariadb", ready, { created: 101 }).trouble(), undefined);
    });

    it("is over once whoever was refused has its pods, wants none any more, or is gone", async () => {
      for (const [wanted, there] of [[1, 1], [0, 0]] as const) assert.equal(await shortShop().event(replicas, "FailedCreate", quota).maker("ReplicaSet", "wordpress", wanted, there).trouble(), undefined);
      assert.equal(await new Shop().event(replicas, "FailedCreate", quota).trouble(), undefined);
    });

    it("goes on while one of two replicas is missing", async () => {
      assert.match((await shortShop().maker("ReplicaSet", "wordpress", 2, 1).pod("wordpress", ready, { created: 100 }).event(replicas, "FailedCreate", quota).trouble())!, /^quota too small/);
    });

    it("is the set-up's too, but not a scheduled chore's, nor that of a Job that is gone", async () => {
      const ofJob = (part: Part) => ({ kind: "Job", name: parts[part].owner });
      assert.match((await shortShop().job("setup").event(ofJob("setup"), "FailedCreate", quota).trouble())!, /^quota too small for woocommerce-setup: .*raise woocommerce\.job of its plan/);
      assert.equal(await shortShop().job("cron").event(ofJob("cron"), "FailedCreate", quota).event(ofJob("setup"), "FailedCreate", quota).trouble(), undefined);
    });

    it("is the latest one, by whatever clock the event was given; each try names another pod", async () => {
      const say = (message: string, more: object) => [replicas, "FailedCreate", message, { lastTimestamp: null, ...more }] as const;
      const shop = shortShop().event(...say("second", { eventTime: "2026-01-01T00:00:05.000000Z" })).event(...say("first", { eventTime: at(1), series: { lastObservedTime: at(9) } })).event(...say("third", {}));
      assert.equal(await shop.trouble(), "pod refused: first");
      assert.match((await shop.event(set, "FailedCreate", quota).trouble())!, /^pod refused: first \(and 1 more like it\)$/);
    });
  });

  describe("of a database that was stopped by hand", () => {
    const unhealthy = "Readiness probe failed: HTTP probe failed with statuscode: 503";

    it("is told instead of the server whose probe fails for it", async () => {
      const shop = new Shop().maker("StatefulSet", "postgres", 0, 0).maker("StatefulSet", "redis", 1, 1).maker("Deployment", "server", 1, 1);
      shop.pod("server", {}).event(podOf("server"), "Unhealthy", unhealthy);
      assert.equal(await shop.trouble(), "database not up: medusa-postgres is scaled to 0 — kubectl scale statefulset medusa-postgres --replicas 1 --namespace shop");
      assert.match((await shop.maker("StatefulSet", "postgres", 1, 1).trouble())!, /^medusa-server-.*: not ready/);
    });

    it("also of WooCommerce; a suspended shop has stopped on purpose", async () => {
      const shop = new Shop().maker("StatefulSet", "mariadb", 0, 0).maker("Deployment", "wordpress", 1, 1);
      assert.match((await shop.trouble())!, /^database not up: woocommerce-mariadb is scaled to 0/);
      assert.equal(await shop.maker("Deployment", "wordpress", 0, 0).trouble(), undefined);
    });
  });

  describe("of a volume", () => {
    const claim = pvc("woocommerce-database");
    const unscheduled = { phase: "Pending", conditions: [{ type: "PodScheduled", status: "False", reason: "Unschedulable", message: "0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims." }] };

    it("is why the pod can not be scheduled, so it is told instead", async () => {
      const shop = new Shop().pod("mariadb", unscheduled).claim("woocommerce-database");
      assert.match((await shop.trouble())!, /^woocommerce-mariadb-0: can not be scheduled: .* unbound/);
      shop.event(claim, "ProvisioningFailed", 'storageclass.storage.k8s.io "fast" not found').event(claim, "ExternalProvisioning", "waiting", { type: "Normal", lastTimestamp: at(200) });
      assert.equal(await shop.trouble(), 'volume woocommerce-database can not be bound: storageclass.storage.k8s.io "fast" not found');
    });

    it("without any class is told by an event that is no warning", async () => {
      const message = "no persistent volumes available for this claim and no storage class is set";
      assert.equal(await new Shop().claim("woocommerce-uploads").event(pvc("woocommerce-uploads"), "FailedBinding", message, { type: "Normal" }).trouble(), `volume woocommerce-uploads can not be bound: ${message}`);
    });

    it("is none while it waits for its pod, nor once it is bound", async () => {
      const shop = new Shop().claim("woocommerce-database").event(claim, "WaitForFirstConsumer", "waiting for first consumer to be created before binding", { type: "Normal" });
      assert.equal(await shop.trouble(), undefined);
      assert.equal(await new Shop().claim("woocommerce-database", "Bound").event(claim, "ProvisioningFailed", "timeout").trouble(), undefined);
    });

    it("that somebody has to make is named if nothing else is wrong", async () => {
      const shop = new Shop().claim("woocommerce-database").event(claim, "ExternalProvisioning", "Waiting for a volume to be created", { type: "Normal" });
      assert.equal(await shop.trouble(), "volume woocommerce-database is not bound yet: Waiting for a volume to be created");
      assert.match((await shop.container("wordpress", waiting("CreateContainerError", "no")).trouble())!, /CreateContainerError/);
    });

    it("that was lost is told", async () => {
      assert.match((await new Shop().claim("woocommerce-database", "Lost").trouble())!, /^volume woocommerce-database is lost/);
    });
  });

  it("is a pod that fits on no node; a set-up that has to run beside it only follows", async () => {
    const pending = (message: string) => ({ phase: "Pending", conditions: [{ type: "PodScheduled", status: "False", message }] });
    const shop = new Shop().pod("setup", pending("0/1 nodes are available: 1 node(s) didn't match pod affinity rules."));
    assert.match((await shop.trouble())!, /didn't match pod affinity rules/);
    shop.pod("wordpress", pending("0/1 nodes are available: 1 Insufficient memory."));
    assert.equal(await shop.trouble(), "woocommerce-wordpress-7c9f8d-x2x4z: can not be scheduled: 0/1 nodes are available: 1 Insufficient memory.");
  });

  it("is no scheduled chore's, and of no pod that is on its way out or was replaced", async () => {
    const shop = new Shop().container("cron", ended(1, "Error: no"), { phase: "Failed" }).container("wordpress", ended(137), { name: "leaving", deleted: true });
    shop.pod("wordpress", { phase: "Failed", reason: "Evicted", message: "The node was low on resource: memory." }, { name: "evicted" });
    assert.match((await shop.trouble())!, /^evicted: Evicted: The node was low on resource: memory\.$/);
    assert.equal(await shop.pod("wordpress", ready, { created: 9 }).trouble(), undefined);
  });

  it("is a probe that fails, if nothing else is wrong; other warnings are harmless", async () => {
    const shop = new Shop().pod("wordpress", {}).event(podOf("wordpress"), "DNSConfigForming", "too many search domains");
    assert.equal(await shop.trouble(), undefined);
    assert.equal(await shop.event(podOf("wordpress"), "Unhealthy", "Readiness probe failed: 503").trouble(), "woocommerce-wordpress-7c9f8d-x2x4z: not ready: Readiness probe failed: 503");
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

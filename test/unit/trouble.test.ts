import assert from "node:assert/strict";
import { workloadsByNamespace } from "../../scripts/fleet/trouble";
import { labels } from "../../stores/marks";
import { FakeKube } from "./helpers/fake-kube";
import { at, ended, parts, podOf, pvc, ready, Shop, waiting, type Part } from "./helpers/troubled-shop";

describe("trouble", () => {
  it("is none where pods run, start or have ended well", async () => {
    const shop = new Shop().claim("woocommerce-database", "Bound").job("setup", { conditions: [{ type: "Complete", status: "True" }] });
    shop.pod("mariadb", ready).container("setup", ended(0), { phase: "Succeeded" });
    shop.container("wordpress", waiting("ContainerCreating"), { phase: "Pending" });
    assert.equal(await shop.trouble(), undefined);
    assert.equal(await new Shop().trouble(), undefined);
  });

  describe("of a pod that was refused", () => {
    const quota = 'pods "woocommerce-mariadb-0" is forbidden: exceeded quota: guardrails, requested: requests.memory=1Gi, used: requests.memory=0, limited: requests.memory=512Mi';
    const refused = `create Pod woocommerce-mariadb-0 in StatefulSet woocommerce-mariadb failed error: ${quota}`;
    const set = { kind: "StatefulSet", name: "woocommerce-mariadb" };
    const replicas = { kind: "ReplicaSet", name: "woocommerce-wordpress-7c9f8d" };

    it("names the quota, also while other pods keep saying that they are not ready", async () => {
      const shop = new Shop().event(set, "FailedCreate", refused).pod("wordpress", {});
      shop.event(podOf("wordpress"), "Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 503", { lastTimestamp: at(900) });
      assert.equal(await shop.trouble(), `quota too small: ${refused}`);
    });

    it("names what Pod Security does not allow", async () => {
      const message = 'Error creating: pods "woocommerce-wordpress-7c9f8d-" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true';
      assert.equal(await new Shop().event(replicas, "FailedCreate", message).trouble(), `pod refused: ${message}`);
    });

    it("is over once a later pod of the same part came to be, whichever ReplicaSet made it", async () => {
      const shop = new Shop().event(replicas, "FailedCreate", quota).event(set, "FailedCreate", quota);
      shop.pod("wordpress", ready, { name: "woocommerce-wordpress-5d5d5d-y", owner: "woocommerce-wordpress-5d5d5d", created: 101 });
      assert.match((await shop.trouble())!, /^quota too small/);
      assert.equal(await shop.pod("mariadb", ready, { created: 101 }).trouble(), undefined);
    });

    it("goes on while one of two replicas is missing", async () => {
      assert.match((await new Shop().pod("wordpress", ready, { created: 100 }).event(replicas, "FailedCreate", quota).trouble())!, /^quota too small/);
    });

    it("is the set-up's too, but not a scheduled chore's, nor that of a Job that is gone", async () => {
      const ofJob = (part: Part) => ({ kind: "Job", name: parts[part].owner });
      assert.match((await new Shop().job("setup").event(ofJob("setup"), "FailedCreate", quota).trouble())!, /^quota too small/);
      assert.equal(await new Shop().job("cron").event(ofJob("cron"), "FailedCreate", quota).event(ofJob("setup"), "FailedCreate", quota).trouble(), undefined);
    });

    it("is the latest one, by whatever clock the event was given; each try names another pod", async () => {
      const say = (message: string, more: object) => [replicas, "FailedCreate", message, { lastTimestamp: null, ...more }] as const;
      const shop = new Shop().event(...say("second", { eventTime: "2026-01-01T00:00:05.000000Z" })).event(...say("first", { eventTime: at(1), series: { lastObservedTime: at(9) } })).event(...say("third", {}));
      assert.equal(await shop.trouble(), "pod refused: first");
      assert.match((await shop.event(set, "FailedCreate", quota).trouble())!, /\(and 1 more like it\)$/);
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

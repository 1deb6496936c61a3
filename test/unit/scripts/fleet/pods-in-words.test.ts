import assert from "node:assert/strict";
import type { KubeObject } from "../../../../kube";
import { podsInWords } from "../../../../scripts/fleet/pods-in-words";

interface Shape {
  ready?: boolean;
  scheduled?: boolean;
  phase?: string;
  waiting?: string;
  init?: string;
  deleting?: boolean;
}

function pod(part: string, { ready = false, scheduled = true, phase = "Running", waiting, init, deleting }: Shape = {}): KubeObject {
  const containers = [{ name: part, image: "i", restartCount: 0, state: waiting || init ? { waiting: { reason: waiting ?? "PodInitializing" } } : { running: {} } }];
  return {
    metadata: { name: `${part}-0`, labels: { "app.kubernetes.io/component": part }, creationTimestamp: "", ...(deleting && { deletionTimestamp: "now" }) },
    spec: { initContainers: init ? [{ name: init }] : [], containers: [{ name: part }] },
    status: {
      phase,
      conditions: [{ type: "PodScheduled", status: scheduled ? "True" : "False" }, { type: "Ready", status: ready ? "True" : "False" }],
      ...(init && { initContainerStatuses: [{ name: init, state: { running: {} } }] }),
      containerStatuses: scheduled ? containers : [],
    },
  };
}

describe("pods in words", () => {
  const said = (...pods: KubeObject[]) => podsInWords(pods);

  it("says of each part whether it is ready, or what keeps it", () => {
    assert.equal(said(pod("wordpress", { phase: "Pending", waiting: "ContainerCreating" }), pod("mariadb", { ready: true })), "mariadb ready, wordpress 0/1 ready: waiting for image and volumes");
    assert.equal(said(pod("server", { ready: true }), pod("server", { waiting: "ImagePullBackOff", phase: "Pending" })), "server 1/2 ready: server ImagePullBackOff");
    assert.equal(said(pod("server", { phase: "Pending", init: "wait-for-database" })), "server 0/1 ready: wait-for-database is running first");
    assert.equal(said(pod("server", { phase: "Pending", scheduled: false })), "server 0/1 ready: not scheduled yet");
    assert.equal(said(pod("server")), "server 0/1 ready: running");
  });

  it("of a set-up, whether it runs, has ended, or is tried again", () => {
    assert.equal(said(pod("setup")), "setup running");
    assert.equal(said(pod("setup", { ready: true })), "setup running");
    assert.equal(said(pod("setup", { phase: "Failed" }), pod("setup", { phase: "Succeeded" })), "setup done");
    assert.equal(said(pod("setup", { phase: "Failed" })), "setup failed, is tried again");
  });

  it("leaves out what goes, and scheduled chores", () => assert.equal(said(pod("mariadb", { deleting: true }), pod("cron")), ""));
});

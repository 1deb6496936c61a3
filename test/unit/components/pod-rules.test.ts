import assert from "node:assert/strict";
import { podViolations } from "../helpers/pod-rules";

/** A Deployment that follows every rule, before `change`. */
function deployment(change: (pod: any, container: any) => void = () => {}) {
  const container: any = {
    name: "web",
    image: `registry.example.com:5000/web:1.2@sha256:${"0".repeat(64)}`,
    readinessProbe: {},
    livenessProbe: {},
    securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } },
    resources: {
      requests: { cpu: "1m", memory: "1Mi", "ephemeral-storage": "1Mi" },
      limits: { memory: "1Mi", "ephemeral-storage": "1Mi" },
    },
  };
  const pod: any = {
    serviceAccountName: "web",
    automountServiceAccountToken: false,
    securityContext: { runAsNonRoot: true, runAsUser: 33, fsGroup: 33, seccompProfile: { type: "RuntimeDefault" } },
    containers: [container],
  };
  change(pod, container);
  return { kind: "Deployment", metadata: { name: "web" }, spec: { template: { spec: pod } } };
}

const wrong: [string, (pod: any, container: any) => void][] = [
  ["does not say runAsNonRoot", (pod) => delete pod.securityContext.runAsNonRoot],
  ["has no numeric, unprivileged runAsUser", (pod) => (pod.securityContext.runAsUser = 0)],
  ["has no numeric fsGroup", (pod) => delete pod.securityContext.fsGroup],
  ["has no seccomp profile RuntimeDefault", (pod) => (pod.securityContext.seccompProfile.type = "Unconfined")],
  ["uses the default ServiceAccount", (pod) => delete pod.serviceAccountName],
  ["gets a token", (pod) => delete pod.automountServiceAccountToken],
  ["mounts a path of the host", (pod) => (pod.volumes = [{ hostPath: {} }])],
  ["may gain privileges", (_, container) => delete container.securityContext.allowPrivilegeEscalation],
  ["has a writable root filesystem", (_, container) => delete container.securityContext.readOnlyRootFilesystem],
  ["keeps capabilities", (_, container) => (container.securityContext.capabilities.add = ["NET_BIND_SERVICE"])],
  ["has an image without tag and digest", (_, container) => (container.image = "registry.example.com:5000/web")],
  ["has an image without tag and digest", (_, container) => (container.image = `web@sha256:${"0".repeat(64)}`)],
  ["asks for a port of the host", (_, container) => (container.ports = [{ hostPort: 80 }])],
  ["requests no cpu", (_, container) => delete container.resources.requests.cpu],
  ["has no limit of ephemeral-storage", (_, container) => delete container.resources.limits["ephemeral-storage"]],
  ["has no readiness probe", (_, container) => delete container.readinessProbe],
  ["has a writable root filesystem", (pod, container) => (pod.initContainers = [{ ...container, securityContext: {} }])],
];

describe("the rules for pods", () => {
  it("find nothing where all are followed", () => {
    assert.deepEqual(podViolations([deployment(), { kind: "Service", metadata: { name: "web" }, spec: {} }]), []);
  });

  for (const [sentence, change] of wrong) {
    it(`find a pod that ${sentence}: ${change.toString().replace(/^.*?=>\s*/s, "")}`, () => {
      assert.ok(podViolations([deployment(change)]).some((violation) => violation.endsWith(sentence)));
    });
  }

  it("look into Jobs and CronJobs, which need no probes", () => {
    const template = deployment((_, container) => {
      delete container.readinessProbe;
      delete container.livenessProbe;
      container.image = "web";
    }).spec.template;
    const metadata = { name: "job" };
    const objects = [
      { kind: "Job", metadata, spec: { template } },
      { kind: "CronJob", metadata, spec: { jobTemplate: { spec: { template } } } },
    ];
    assert.deepEqual(podViolations(objects), [
      "Job/job: container web has an image without tag and digest",
      "CronJob/job: container web has an image without tag and digest",
    ]);
  });
});

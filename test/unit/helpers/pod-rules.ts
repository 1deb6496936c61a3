import type { KubernetesObject } from "./rendered-chart";

export interface PodRuleOptions {
  /** Names of workloads whose pods do talk to the API server. */
  withToken?: string[];
}

/** How the pods of rendered objects fall short of this project's rules; empty when they follow all. */
export function podViolations(objects: KubernetesObject[], { withToken = [] }: PodRuleOptions = {}): string[] {
  return objects.flatMap((object) => {
    const pod = podOf(object);
    if (!pod) return [];
    const found = [
      ...specViolations(pod, withToken.includes(object.metadata.name)),
      ...[...(pod.initContainers ?? []), ...(pod.containers ?? [])].flatMap(containerViolations),
      ...(["Deployment", "StatefulSet", "DaemonSet"].includes(object.kind) ? pod.containers.flatMap(probeViolations) : []),
    ];
    return found.map((what) => `${object.kind}/${object.metadata.name}: ${what}`);
  });
}

function podOf(object: KubernetesObject): KubernetesObject | undefined {
  if (object.kind === "Pod") return object.spec;
  if (object.kind === "CronJob") return object.spec.jobTemplate.spec.template.spec;
  return object.spec?.template?.spec;
}

function specViolations(pod: KubernetesObject, mayHaveToken: boolean): string[] {
  const security = pod.securityContext ?? {};
  const volumes = (pod.volumes ?? []) as KubernetesObject[];
  return failures({
    "does not say runAsNonRoot": security.runAsNonRoot === true,
    "has no numeric, unprivileged runAsUser": Number.isInteger(security.runAsUser) && security.runAsUser > 0,
    "has no numeric fsGroup": Number.isInteger(security.fsGroup),
    "has no seccomp profile RuntimeDefault": security.seccompProfile?.type === "RuntimeDefault",
    "uses the default ServiceAccount": ![undefined, "default"].includes(pod.serviceAccountName),
    "gets a token": pod.automountServiceAccountToken === mayHaveToken,
    "shares a namespace of the host": !pod.hostNetwork && !pod.hostPID && !pod.hostIPC,
    "mounts a path of the host": volumes.every((volume) => !volume.hostPath),
  });
}

function containerViolations(container: KubernetesObject): string[] {
  const security = container.securityContext ?? {};
  const { requests = {}, limits = {} } = container.resources ?? {};
  return failures({
    "may gain privileges": security.allowPrivilegeEscalation === false && !security.privileged,
    "has a writable root filesystem": security.readOnlyRootFilesystem === true,
    "keeps capabilities": security.capabilities?.drop?.join() === "ALL" && !security.capabilities?.add,
    "runs as root": security.runAsUser === undefined || security.runAsUser > 0,
    "has an image without tag and digest": /^[^@]+:[^@:/]+@sha256:[0-9a-f]{64}$/.test(container.image),
    "asks for a port of the host": (container.ports ?? []).every((port: KubernetesObject) => !port.hostPort),
    ...Object.fromEntries(
      ["cpu", "memory", "ephemeral-storage"].map((resource) => [`requests no ${resource}`, requests[resource] !== undefined]),
    ),
    ...Object.fromEntries(
      ["memory", "ephemeral-storage"].map((resource) => [`has no limit of ${resource}`, limits[resource] !== undefined]),
    ),
  }).map((what) => `container ${container.name} ${what}`);
}

function probeViolations(container: KubernetesObject): string[] {
  return failures({
    "has no readiness probe": container.readinessProbe !== undefined,
    "has no liveness probe": container.livenessProbe !== undefined,
  }).map((what) => `container ${container.name} ${what}`);
}

/** The sentences whose rule does not hold. */
function failures(rules: Record<string, boolean>): string[] {
  return Object.entries(rules)
    .filter(([, holds]) => !holds)
    .map(([sentence]) => sentence);
}

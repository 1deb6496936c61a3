import { randomBytes } from "node:crypto";
import type { EnvironmentSettings } from "../../config/environment";
import type { Kube, KubeObject } from "../../kube";
import { chartImage } from "../../stores/chart-image";
import { simulatedNodeLabel } from "../machine/cluster";
import type { Isolation } from "../fleet/isolation";
import { troubleIn } from "../fleet/trouble";
import { until } from "../machine/os/until";

const label = "storefleet.dev/probe";
/** Milliseconds for images to be pulled and pods to start, and then for an agent to hear of a policy. */
const startPatience = 180_000;
const answerPatience = 90_000;
/** A namespace of a run that was killed is this old (milliseconds), and no other run's. */
const abandonedAfter = 600_000;

/**
 * Tries whether this cluster enforces network policies: two servers, one of them closed by a policy, and a client that reaches both
 * before it and only one after it. In a namespace of its own, which goes again.
 * @param patience milliseconds for the pods to start, and for a policy to have an effect
 */
export async function probeIsolation(kube: Kube, settings: EnvironmentSettings, signal: AbortSignal, patience = { start: startPatience, answer: answerPatience }): Promise<Isolation> {
  if ((await kube.list("/api/v1/nodes", { labels: simulatedNodeLabel, metadataOnly: true })).length > 0) return { enforcement: "unknown", reason: "pods are simulated here" };
  await removeAbandoned(kube);
  const namespace = `storefleet-probe-${randomBytes(4).toString("hex")}`;
  const path = `/api/v1/namespaces/${namespace}`;
  const image = settings.images.overrides.redis ?? chartImage("medusa", "redis");
  const unknown = async (what: string): Promise<Isolation> => ({ enforcement: "unknown", reason: `${what}: ${(await troubleIn(kube, namespace)) ?? "no reason is known"}` });
  await kube.apply(path, {
    apiVersion: "v1", kind: "Namespace",
    metadata: { name: namespace, labels: { [label]: "isolation", "app.kubernetes.io/managed-by": "storefleet", "pod-security.kubernetes.io/enforce": "restricted" } },
  });
  try {
    const run = (name: string, command: string[]) => kube.apply(`${path}/pods/${name}`, pod(name, image, command));
    for (const server of servers) await run(server, ["redis-server", "--save", "", "--appendonly", "no", "--protected-mode", "no"]);
    const addresses = await until(() => addressesOf(kube, path), { within: patience.start, every: 500, signal });
    if (!addresses) return await unknown("the probe's servers did not start");

    const ended = async (name: string, closed: "reached" | "refused") => {
      await run(name, ["sh", "-c", client, "probe", addresses.open, addresses.closed, closed, String(Math.ceil(patience.answer / 3000))]);
      return until(async () => endOf(await kube.get(`${path}/pods/${name}`)), { within: patience.start + patience.answer, every: 500, signal });
    };
    const before = await ended("before", "reached");
    if (before !== "Succeeded") return await unknown("the probe's pods do not reach each other, without any policy");
    await kube.apply(`/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies/close`, {
      apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", metadata: { name: "close" },
      spec: { podSelector: { matchLabels: { [label]: "closed" } }, policyTypes: ["Ingress"] },
    });
    const after = await ended("after", "refused");
    if (after === undefined) return await unknown("the probe's client did not end");
    return { enforcement: after === "Succeeded" ? "enforced" : "open", reason: "" };
  } finally {
    await kube.remove(path);
  }
}

const servers = ["open", "closed"] as const;

/** `OPEN CLOSED reached|refused TRIES`: ends well once the first server answers and the second does, or does not, twice in a row. */
const client = `
answers() { [ "$(timeout 1 redis-cli -h "$1" ping 2>/dev/null)" = PONG ]; }
seen=0
for try in $(seq "$4"); do
  if answers "$1" && { answers "$2" && found=reached || found=refused; } && [ "$found" = "$3" ]; then seen=$((seen + 1)); else seen=0; fi
  [ "$seen" -lt 2 ] || exit 0
  sleep 1
done
exit 1`;

function pod(name: string, image: string, command: string[]): object {
  const resources = { requests: { cpu: "10m", memory: "16Mi" }, limits: { memory: "64Mi" } };
  return {
    apiVersion: "v1", kind: "Pod", metadata: { name, labels: { [label]: name } },
    spec: {
      restartPolicy: "Never", automountServiceAccountToken: false, enableServiceLinks: false, terminationGracePeriodSeconds: 0,
      securityContext: { runAsNonRoot: true, runAsUser: 999, seccompProfile: { type: "RuntimeDefault" } },
      containers: [{ name: "probe", image, command, resources, securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } } }],
    },
  };
}

async function addressesOf(kube: Kube, path: string): Promise<Record<(typeof servers)[number], string> | undefined> {
  const [open, closed] = await Promise.all(servers.map(async (name) => (await kube.get(`${path}/pods/${name}`))?.status));
  const runs = (status: KubeObject["status"]) => status?.containerStatuses?.[0]?.ready === true && status.podIP;
  return runs(open) && runs(closed) ? { open: open?.podIP, closed: closed?.podIP } : undefined;
}

const endOf = (pod: KubeObject | undefined): string | undefined => (["Succeeded", "Failed"].includes(pod?.status?.phase) ? pod?.status?.phase : undefined);

async function removeAbandoned(kube: Kube): Promise<void> {
  for (const { metadata } of await kube.list("/api/v1/namespaces", { labels: `${label}=isolation`, metadataOnly: true })) {
    if (Date.now() - Date.parse(metadata.creationTimestamp) > abandonedAfter) await kube.remove(`/api/v1/namespaces/${metadata.name}`, metadata.uid);
  }
}

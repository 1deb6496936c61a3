import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { UserError } from "../../../config/errors";
import { projectRoot } from "../../../config/root";
import { storesCommand } from "../../../config/stores-command";
import { expectSuccess, type Run } from "../os/run";
import { until } from "../os/until";
import { clusterFolder } from "../paths";
import type { Choice } from "./choose";
import { forgetRecord, writeRecord, type ClusterRecord } from "./cluster-record";
import { bindsLowPorts, type ContainerEngine } from "./container-engine";
import { contextFile, refuseUnlessLocal, saveKubeconfig } from "./context";
import { freePorts, isListening } from "./ports";

/** Which tool and engine a cluster in containers belongs to. */
interface ContainerCluster {
  kind: ClusterRecord["kind"];
  engine?: ClusterRecord["engine"];
}

export const containerName = (name: string) => `storefleet-${name}`;
const containerContext = (kind: ClusterRecord["kind"], name: string) => `${kind}-${containerName(name)}`;

/** Ports for the ingress on this machine: 80 and 443 where nothing is there, else free ones. */
export async function ingressPorts(engine: ContainerEngine, run: Run): Promise<{ http: number; https: number }> {
  const [freeHttp, freeHttps] = (await freePorts([80, 443])) as [number, number];
  const low = await bindsLowPorts(engine, run);
  const choose = async (wish: number, free: number) => (low && !(await isListening(wish)) ? wish : free);
  return { http: await choose(80, freeHttp), https: await choose(443, freeHttps) };
}

/** The ports that a cluster's containers were created with; a cluster that is there keeps them, whatever was recorded. */
async function publishedPorts(name: string, { kind, engine = "docker" }: ContainerCluster, run: Run): Promise<{ http: number; https: number }> {
  const container = kind === "kind" ? `${containerName(name)}-control-plane` : `k3d-${containerName(name)}-serverlb`;
  const bindings = expectSuccess(`looking at ${container}`, await run(engine, ["inspect", "--format", "{{json .HostConfig.PortBindings}}", container], { timeout: 30_000 }));
  const published = JSON.parse(bindings) as Record<string, { HostPort: string }[] | undefined>;
  const port = (inside: number) => Number(published[`${inside}/tcp`]?.[0]?.HostPort);
  const [http, https] = [port(30080), port(30443)];
  if (http > 0 && https > 0) return { http, https };
  throw new UserError(`${container} has no ports for the ingress: it was not made by this project`, `Delete it (${storesCommand("cluster reset")}), or name its context: ${storesCommand("cluster up", { context: containerContext(kind, name) })}`);
}

export const kindEnvironment = (engine: ClusterRecord["engine"]): Record<string, string> => (engine === "podman" ? { KIND_EXPERIMENTAL_PROVIDER: "podman" } : {});

/** Creates the cluster or starts its stopped containers. */
export async function containersUp(name: string, choice: Choice, run: Run, log: (line: string) => void): Promise<void> {
  const { kind, engine = "docker", why } = choice;
  const env = kindEnvironment(engine);
  const id = containerName(name);
  const context = containerContext(kind, name);
  const record: ClusterRecord = { kind, engine, why, context, kubeconfig: contextFile(name, context) };
  // Recorded first: what is half created is found again, and can be reset.
  writeRecord(name, record);
  if (await exists(name, choice, run)) {
    log(`${kind} cluster ${id} exists: starting its containers`);
    if (kind === "kind") await startNode(run, engine, `${id}-control-plane`);
    else expectSuccess("k3d cluster start", await run("k3d", ["cluster", "start", id, "--wait"], { timeout: 180_000 }));
  } else await create(name, choice, run, log);
  const { http, https } = await publishedPorts(name, choice, run);
  writeRecord(name, { ...record, ingressPorts: { http, https } });
  const get = kind === "kind" ? ["get", "kubeconfig", "--name", id] : ["kubeconfig", "get", id];
  const file = saveKubeconfig(record.kubeconfig, expectSuccess(`${kind} get kubeconfig`, await run(kind, get, { timeout: 30_000, env })), context);
  refuseUnlessLocal(context, file.server);
  if (http !== 80 || https !== 443) log(`port 80 or 443 can not be had on this machine: the ingress answers on ${http} and ${https}`);
}

/** What could not be created is not held on to: the next time may choose otherwise, be it the kind or the ports. */
async function create(name: string, choice: Choice, run: Run, log: (line: string) => void): Promise<void> {
  const { kind, engine = "docker" } = choice;
  const id = containerName(name);
  log(`creating ${kind} cluster ${id} (about a minute; longer when its image is downloaded)`);
  const { http, https } = await ingressPorts(engine, run);
  const args = kind === "kind"
    ? ["create", "cluster", "--name", id, "--config", writeKindConfig(name, http, https), "--kubeconfig", join(clusterFolder(name), "kind.kubeconfig"), "--wait", "180s"]
    : ["cluster", "create", id, "--wait", "--timeout", "180s", "--kubeconfig-update-default=false", "--api-port", "127.0.0.1:0",
       // Traefik comes with stack `local`, the same one everywhere.
       "--k3s-arg", "--disable=traefik@server:*", "-p", `127.0.0.1:${http}:30080@loadbalancer`, "-p", `127.0.0.1:${https}:30443@loadbalancer`];
  const created = await run(kind, args, { timeout: 600_000, env: kindEnvironment(engine) });
  if (created.code !== 0 && !(await exists(name, choice, run).catch(() => true))) forgetRecord(name);
  expectSuccess(`${kind} cluster create`, created);
}

/** A started container is no cluster yet: its API server takes some seconds more. */
async function startNode(run: Run, engine: ContainerEngine, node: string): Promise<void> {
  expectSuccess("starting the node", await run(engine, ["start", node], { timeout: 60_000 }));
  const ask = ["exec", node, "kubectl", "--kubeconfig", "/etc/kubernetes/admin.conf", "get", "--raw", "/readyz"];
  const answer = () => run(engine, ask, { timeout: 10_000 });
  const ready = await until(async () => (await answer()).code === 0, { within: 60_000, every: 500 });
  if (!ready) expectSuccess(`waiting for the API server in ${node}`, await answer());
}

async function exists(name: string, { kind, engine }: ContainerCluster, run: Run): Promise<boolean> {
  const id = containerName(name);
  if (kind === "k3d") return (await run("k3d", ["cluster", "get", id], { timeout: 30_000 })).code === 0;
  const list = expectSuccess("kind get clusters", await run("kind", ["get", "clusters"], { timeout: 30_000, env: kindEnvironment(engine) }));
  return list.split("\n").includes(id);
}

/** The config in the repo, with this machine's ingress ports. */
function writeKindConfig(name: string, http: number, https: number): string {
  const config = parse(readFileSync(join(projectRoot, "scripts/machine/cluster/kind.yaml"), "utf8")) as {
    nodes: { extraPortMappings: { containerPort: number; hostPort: number }[] }[];
  };
  for (const mapping of config.nodes[0]?.extraPortMappings ?? []) mapping.hostPort = mapping.containerPort === 30443 ? https : http;
  const file = join(clusterFolder(name), "kind.yaml");
  writeFileSync(file, stringify(config), { mode: 0o600 });
  return file;
}

/** Stops the containers; what the cluster holds stays. */
export async function containersDown(name: string, { kind, engine }: ContainerCluster, run: Run): Promise<void> {
  const id = containerName(name);
  if (kind === "kind") expectSuccess("stopping the node", await run(engine!, ["stop", `${id}-control-plane`], { timeout: 60_000 }));
  else expectSuccess("k3d cluster stop", await run("k3d", ["cluster", "stop", id], { timeout: 60_000 }));
}

/** Deletes the cluster with all that it holds. */
export async function containersDelete(name: string, { kind, engine }: ContainerCluster, run: Run): Promise<void> {
  const id = containerName(name);
  const args = kind === "kind" ? ["delete", "cluster", "--name", id, "--kubeconfig", join(clusterFolder(name), "kind.kubeconfig")] : ["cluster", "delete", id];
  expectSuccess(`${kind} cluster delete`, await run(kind, args, { timeout: 120_000, env: kindEnvironment(engine) }));
}

import { rmSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../../config/errors";
import type { Cluster } from "../cluster";
import { engineAnswers, firstEngine, type ContainerEngine } from "../cluster/container-engine";
import { containerName, kindEnvironment } from "../cluster/containers";
import { expectSuccess, type Run } from "../os/run";
import { clusterFolder } from "../paths";
import { fullName, nerdctl, type Builder } from "./build";

/** The images of a cluster on this machine, and how others get there. */
export interface NodeImages {
  /** The cluster in words, such as `kind cluster storefleet-local`. */
  of: string;
  /** What they are built with. */
  builder: Builder;
  /** Whether the node has it: it drops those that no pod uses when its disk is full. */
  has: (image: string) => Promise<boolean>;
  /** Brings one there. Absent: the builder's images are the node's. */
  bring?: (image: string) => Promise<void>;
  /** Shows whether its disk is full. */
  df?: string;
}

/** Clusters whose node runs in the engine that one builds with, or in nerdctl's namespace of it. */
const sharing = /^(docker-desktop|docker-for-desktop|rancher-desktop|orbstack|colima(-.+)?)$/;

const quick = { timeout: 30_000 };

/** Of kind and k3d, and by their contexts of Docker Desktop, Rancher Desktop, OrbStack, colima, minikube and k3s; any other cluster pulls from a registry. */
export async function nodeImagesOf(cluster: Cluster | undefined, run: Run): Promise<NodeImages | undefined> {
  if (cluster?.kind === "kind" || cluster?.kind === "k3d") return inContainers(cluster, cluster.kind, run);
  if (cluster?.kind !== "context") return undefined;
  const { context } = cluster;
  if (sharing.test(context)) return shared(context, run);
  const archived = async (program: string, listing: string[], loading: string[]): Promise<NodeImages | undefined> => {
    const engine = await firstEngine(run);
    const has = async (image: string) => (await run(program, listing, quick)).stdout.split("\n").includes(fullName(image));
    const take = async (file: string) => void expectSuccess([program, ...loading].join(" "), await run(program, [...loading, file]));
    return engine && { of: program, builder: engine, has, bring: (image) => asArchive(cluster, engine, image, run, take) };
  };
  if (context === "minikube") return archived("minikube", ["image", "ls"], ["image", "load"]);
  // What k3s calls its context, and everybody else theirs as well.
  const isK3s = context === "default" && (await run("k3s", ["--version"], quick)).code === 0;
  return isK3s ? archived("k3s", ["ctr", "images", "ls", "-q"], ["ctr", "images", "import"]) : undefined;
}

function inContainers({ name, engine = "docker" }: Cluster, kind: "kind" | "k3d", run: Run): NodeImages {
  const id = containerName(name);
  const node = kind === "kind" ? `${id}-control-plane` : `k3d-${id}-server-0`;
  const bring = async (image: string): Promise<void> => {
    if (kind === "k3d") expectSuccess("k3d image import", await run("k3d", ["image", "import", image, "--cluster", id]));
    else if (engine === "docker") expectSuccess("kind load docker-image", await run("kind", ["load", "docker-image", image, "--name", id]));
    // kind reads single images from Docker alone.
    else await asArchive({ name }, engine, image, run, async (file) => void expectSuccess("kind load image-archive", await run("kind", ["load", "image-archive", file, "--name", id], { env: kindEnvironment(engine) })));
  };
  return { of: `${kind} cluster ${id}`, builder: engine, has: async (image) => (await run(engine, ["exec", node, "crictl", "inspecti", fullName(image)], quick)).code === 0, bring, df: `${engine} exec ${node} df -h` };
}

/** Docker's own, else nerdctl's: what Rancher Desktop and colima bring where they run containerd. */
async function shared(of: string, run: Run): Promise<NodeImages | undefined> {
  if (await engineAnswers("docker", run)) return { of, builder: "docker", has: async (image) => (await run("docker", ["image", "inspect", image], quick)).code === 0 };
  if ((await run("nerdctl", nerdctl(["version"]), quick)).code !== 0) return undefined;
  return { of, builder: "nerdctl", has: async (image) => (await run("nerdctl", nerdctl(["image", "inspect", image]), quick)).code === 0 };
}

/** Brings a built image to the node, and looks that it is there: k3d ends with 0 after an import that failed. */
export async function load({ of, has, bring, df }: NodeImages, image: string, log: (line: string) => void): Promise<void> {
  if (bring) log(`loading ${image} into ${of}`);
  await bring?.(image);
  if (await has(image)) return;
  throw new UserError(`${image} was loaded into ${of}, but its node does not have it`, `Is its disk full?${df ? ` ${df}` : " It drops images that no pod uses then."}`);
}

async function asArchive({ name }: Pick<Cluster, "name">, engine: ContainerEngine, image: string, run: Run, take: (file: string) => Promise<void>): Promise<void> {
  const archive = join(clusterFolder(name), "image.tar");
  // Left by a run that was killed, it would be refused.
  rmSync(archive, { force: true });
  try {
    expectSuccess(`${engine} save`, await run(engine, ["save", "--output", archive, engine === "podman" ? fullName(image) : image]));
    await take(archive);
  } finally {
    rmSync(archive, { force: true });
  }
}

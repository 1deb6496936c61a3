import { rmSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../../config/errors";
import type { Cluster } from "../cluster";
import type { ContainerEngine } from "../cluster/container-engine";
import { containerName, kindEnvironment } from "../cluster/containers";
import { expectSuccess, type Run } from "../os/run";
import { clusterFolder } from "../paths";
import { fullName } from "./build";

/** A cluster whose node is a container of this machine: images are loaded into it. */
export type ContainerCluster = Cluster & { kind: "kind" | "k3d"; engine: ContainerEngine };

export const inContainers = (cluster: Cluster | undefined): cluster is ContainerCluster => cluster?.kind === "kind" || cluster?.kind === "k3d";

const nodeOf = ({ name, kind }: ContainerCluster) => (kind === "kind" ? `${containerName(name)}-control-plane` : `k3d-${containerName(name)}-server-0`);

/** Whether the cluster's node has the image: it drops those that no pod uses when its disk is full. */
export async function isLoaded(cluster: ContainerCluster, image: string, run: Run): Promise<boolean> {
  return (await run(cluster.engine, ["exec", nodeOf(cluster), "crictl", "inspecti", fullName(image)], { timeout: 30_000 })).code === 0;
}

/** Loads an image of the engine into the cluster's node. */
export async function load(cluster: ContainerCluster, image: string, run: Run, log: (line: string) => void): Promise<void> {
  const { name, kind, engine } = cluster;
  const id = containerName(name);
  log(`loading ${image} into ${kind} cluster ${id}`);
  if (kind === "k3d") expectSuccess("k3d image import", await run("k3d", ["image", "import", image, "--cluster", id]));
  else if (engine === "docker") expectSuccess("kind load docker-image", await run("kind", ["load", "docker-image", image, "--name", id]));
  else await loadArchive(cluster, image, run);
  // k3d ends with 0 after an import that failed.
  if (await isLoaded(cluster, image, run)) return;
  throw new UserError(`${image} was loaded into ${kind} cluster ${id}, but its node does not have it`, `Is its disk full? ${engine} exec ${nodeOf(cluster)} df -h`);
}

/** kind reads single images from Docker alone. */
async function loadArchive({ name, engine }: ContainerCluster, image: string, run: Run): Promise<void> {
  const archive = join(clusterFolder(name), "image.tar");
  // Left by a run that was killed, it would be refused.
  rmSync(archive, { force: true });
  try {
    expectSuccess("podman save", await run(engine, ["save", "--output", archive, fullName(image)]));
    expectSuccess("kind load image-archive", await run("kind", ["load", "image-archive", archive, "--name", containerName(name)], { env: kindEnvironment(engine) }));
  } finally {
    rmSync(archive, { force: true });
  }
}

import { join } from "node:path";
import { UserError } from "../../../config/errors";
import type { OwnImage } from "../../../config/own-images";
import { firstEngine, type ContainerEngine } from "../cluster/container-engine";
import type { Run, RunResult } from "../os/run";

/** What containerd and Podman call an image that Docker knows by a bare name. */
export const fullName = (image: string) => (image.includes("/") ? image : `docker.io/library/${image}`);
const nameIn = (builder: Builder, image: string) => (builder === "podman" ? fullName(image) : image);

/** What builds images: an engine, or nerdctl where a cluster's containerd is the only one. */
export type Builder = ContainerEngine | "nerdctl";
/** nerdctl's arguments about the images that pods run. */
export const nerdctl = (args: string[]) => ["--namespace", "k8s.io", ...args];

/** With BuildKit's attestations an image is an index of several, which not every import can read. */
export const withoutAttestations = { BUILDX_NO_DEFAULT_ATTESTATIONS: "1" };

/** The engine to build with: unlike that of a cluster, it may be on another machine. */
export async function findEngine({ tagged, folder }: OwnImage, run: Run): Promise<ContainerEngine> {
  const engine = await firstEngine(run);
  if (engine) return engine;
  throw new UserError(
    `${tagged} can not be built from ${folder}: neither Docker nor Podman answers`,
    "Install and start one: https://docs.docker.com/engine/install or https://podman.io/docs/installation",
  );
}

/** Builds an image for this machine's own processor that the engine does not have yet, which takes minutes; says whether it had to. */
export async function buildUnlessThere(builder: Builder, { tagged, folder }: OwnImage, root: string, run: Run, log: (line: string) => void): Promise<boolean> {
  const name = nameIn(builder, tagged);
  const told = (args: string[]) => (builder === "nerdctl" ? nerdctl(args) : args);
  if ((await run(builder, told(["image", "inspect", name]), { timeout: 30_000 })).code === 0) return false;
  log(`building ${tagged} from ${folder}`);
  const built = await run(builder, told(["build", "--tag", name, join(root, folder)]), { env: withoutAttestations, onLine: log });
  if (built.code === 0) return true;
  throw new UserError(`${builder} build of ${folder} failed:\n${lastLines(built)}`, `Mend ${folder}/Dockerfile or what it downloads from, and run this again.`);
}

/** The end of what a command wrote, which is where the reason stands. */
export function lastLines({ code, stdout, stderr }: RunResult, count = 15): string {
  const lines = `${stdout}\n${stderr}`.split("\n").map((line) => line.trimEnd()).filter(Boolean);
  return lines.slice(-count).join("\n") || `exit code ${code}`;
}

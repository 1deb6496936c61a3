import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "../../../config/errors";
import { publishedFile, readPublished, type OwnImage } from "../../../config/own-images";
import type { ContainerEngine } from "../cluster/container-engine";
import { words } from "../foreign-words";
import type { Run, RunResult } from "../os/run";
import { lastLines, withoutAttestations } from "./build";

/** An image for a registry: unlike one that is loaded, it is for the nodes' processors, whatever this machine has. */
export interface Publication {
  image: OwnImage;
  platforms: readonly string[];
  /** The checkout. */
  root: string;
  run: Run;
  log: (line: string) => void;
}

/** Builds an image for all platforms, pushes it, and records under which digest the registry has it. */
export async function publish(engine: ContainerEngine, publication: Publication): Promise<string> {
  const { image: { tagged, folder }, platforms, root, log } = publication;
  // A broken file is told before the push, not after it.
  const published = readPublished(root);
  log(`building ${tagged} from ${folder} for ${platforms.join(", ")}, and pushing it`);
  const scratch = mkdtempSync(join(tmpdir(), "storefleet-push-"));
  try {
    const digest = await (engine === "docker" ? buildxPush : podmanPush)(publication, join(scratch, "digest"));
    published[tagged] = { digest, platforms };
    const sorted = Object.entries(published).sort(([a], [b]) => (a < b ? -1 : 1));
    writeFileSync(join(root, publishedFile), `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`);
    log(`its digest stands in ${publishedFile} now: commit that file`);
    return digest;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function buildxPush({ image: { tagged, folder }, platforms, root, run, log }: Publication, file: string): Promise<string> {
  const args = ["buildx", "build", "--platform", platforms.join(), "--tag", tagged, "--push", "--metadata-file", file, join(root, folder)];
  succeed("docker", `docker buildx build of ${folder}`, tagged, await run("docker", args, { env: withoutAttestations, onLine: log }));
  return (JSON.parse(readFileSync(file, "utf8")) as { "containerimage.digest": string })["containerimage.digest"];
}

async function podmanPush({ image: { tagged, folder }, platforms, root, run, log }: Publication, file: string): Promise<string> {
  // A name of its own: an image that was built to be loaded may have the other one.
  const list = `${tagged}-platforms`;
  // Left by an earlier run, it would be added to.
  await run("podman", ["manifest", "rm", list], { timeout: 30_000 });
  succeed("podman", `podman build of ${folder}`, tagged, await run("podman", ["build", "--platform", platforms.join(), "--manifest", list, join(root, folder)], { onLine: log }));
  // Podman compresses anew when it pushes, so only the push knows the digest.
  succeed("podman", `podman manifest push ${tagged}`, tagged, await run("podman", ["manifest", "push", "--all", "--digestfile", file, list, `docker://${tagged}`], { onLine: log }));
  return readFileSync(file, "utf8").trim();
}

function succeed(engine: ContainerEngine, what: string, tagged: string, result: RunResult): void {
  if (result.code === 0) return;
  const said = lastLines(result);
  throw new UserError(`${what} failed:\n${said}`, mendOf(said, engine, tagged));
}

/** What the last words of a failed build or push ask for. */
function mendOf(said: string, engine: ContainerEngine, tagged: string): string {
  if (words.containers.onePlatform.test(said)) return "Make a builder that can build for several platforms: docker buildx create --use";
  if (words.containers.noBuildx.test(said)) return "Install Docker's buildx: https://docs.docker.com/build/concepts/overview/#buildx";
  if (words.containers.otherProcessor.test(said)) return `This machine can not run programs of the other processor yet: ${engine} run --privileged --rm docker.io/tonistiigi/binfmt --install all`;
  return `Is this machine logged in? ${engine} login ${tagged.split("/")[0]}\nElse mend the Dockerfile, or what it downloads from, and run this again.`;
}

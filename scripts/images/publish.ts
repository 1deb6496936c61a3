import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "../../config/errors";
import { publishedFile, readPublished } from "../../config/own-images";
import type { Engine } from "../cluster/engine";
import { expectSuccess, type Run } from "../cluster/run";
import { lastLines } from "./build";

/** Pushes an image, and records under which digest the registry has it. */
export async function publish(engine: Engine, image: string, root: string, run: Run, log: (line: string) => void): Promise<string> {
  // A broken file is told before the push, not after it.
  const published = readPublished(root);
  log(`pushing ${image}`);
  const digest = await push(engine, image, run, log);
  published[image] = digest;
  writeFileSync(join(root, publishedFile), `${JSON.stringify(published, Object.keys(published).sort(), 2)}\n`);
  log(`its digest stands in ${publishedFile} now: commit that file`);
  return digest;
}

async function push(engine: Engine, image: string, run: Run, log: (line: string) => void): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "storefleet-push-"));
  const digestFile = join(folder, "digest");
  try {
    const pushed = await run(engine, ["push", ...(engine === "podman" ? ["--digestfile", digestFile] : []), image], { onLine: log });
    if (pushed.code !== 0) {
      throw new UserError(`${engine} push ${image} failed:\n${lastLines(pushed)}`, `Is this machine logged in? ${engine} login ${image.split("/")[0]}`);
    }
    // Podman compresses anew when it pushes, so only the push knows the digest.
    return engine === "podman" ? readFileSync(digestFile, "utf8").trim() : await repositoryDigest(image, run);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Docker keeps a digest for each repository that an image was pushed to. */
async function repositoryDigest(image: string, run: Run): Promise<string> {
  const inspected = expectSuccess(`docker image inspect ${image}`, await run("docker", ["image", "inspect", "--format", "{{json .RepoDigests}}", image], { timeout: 30_000 }));
  // Docker's own registry goes without its name there.
  const repository = image.slice(0, image.lastIndexOf(":")).replace(/^docker\.io\//, "");
  const digest = (JSON.parse(inspected) as string[]).find((it) => it.startsWith(`${repository}@`))?.split("@")[1];
  if (digest === undefined) throw new Error(`Docker pushed ${image}, but knows no digest of it in ${repository}: ${inspected}`);
  return digest;
}

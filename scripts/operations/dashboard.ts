import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../config/errors";
import { filesDigest } from "../../config/files-digest";
import { projectRoot } from "../../config/root";
import { run, type Run } from "../machine/os/run";

/** What a build says of the sources that it is from. */
const stampName = "sources.sha256";

/**
 * The folder of the built dashboard, built now where its sources are others than those of the last build: some seconds, and only whoever
 * serves it waits for them. Undefined where the checkout has no dashboard.
 * @param say told that it takes a while
 * @throws UserError with what the build says, where it fails
 */
export async function builtDashboard(say: (line: string) => void, root = projectRoot, runs: Run = run): Promise<string | undefined> {
  const folder = join(root, "dashboard");
  const built = join(folder, "dist");
  // An image holds the build alone.
  if (!existsSync(join(folder, "src"))) return existsSync(built) ? built : undefined;
  const stamp = stampOf(folder, root);
  if (stampIn(built) === stamp) return built;
  say("building the dashboard");
  const scratch = mkdtempSync(join(folder, "dist."));
  try {
    const { code, stdout, stderr } = await runs(process.execPath, [join(root, "node_modules/vite/bin/vite.js"), "build", "--logLevel", "warn", "--outDir", scratch, "--emptyOutDir"], { cwd: folder });
    if (code !== 0) throw new UserError(`the dashboard could not be built:\n${[stderr, stdout].map((it) => it.trim()).filter(Boolean).join("\n")}`, "Is node_modules complete? npm ci", "failed");
    writeFileSync(join(scratch, stampName), stamp);
    putInPlace(scratch, built, stamp);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  return built;
}

/** Another process may have put its own, equal build there first. */
function putInPlace(scratch: string, built: string, stamp: string): void {
  const old = `${scratch}.old`;
  try {
    if (existsSync(built)) renameSync(built, old);
    renameSync(scratch, built);
  } catch (error) {
    if (stampIn(built) !== stamp) throw error;
  } finally {
    rmSync(old, { recursive: true, force: true });
  }
}

const stampIn = (built: string): string | undefined => (existsSync(join(built, stampName)) ? readFileSync(join(built, stampName), "utf8") : undefined);

/** A digest of everything that the build is made of: its sources, and the versions of its packages. */
function stampOf(folder: string, root: string): string {
  const sources = readdirSync(folder).filter((name) => !/^(dist.*|node_modules)$/.test(name));
  return filesDigest(["package-lock.json", ...sources.map((name) => `dashboard/${name}`)], root);
}

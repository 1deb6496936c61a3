import { createHash, type Hash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "./root";

/** What is no part of a folder's product: installed or built from the rest, there to test it, or for people. */
const aside = new Set(["node_modules", "dist", "test", "README.md"]);

/**
 * One hash over names and contents of `paths`, files or whole folders relative to `root`. Hidden files, such as
 * an editor's, do not count, nor what is set aside above. A path that does not exist is an error.
 */
export function filesDigest(paths: readonly string[], root: string = projectRoot): string {
  const hash = createHash("sha256");
  for (const path of [...paths].sort()) addPath(hash, root, path);
  return hash.digest("hex");
}

function addPath(hash: Hash, root: string, path: string): void {
  const absolute = join(root, path);
  if (statSync(absolute).isDirectory()) {
    const names = readdirSync(absolute).filter((name) => !name.startsWith(".") && !aside.has(name));
    for (const name of names.sort()) addPath(hash, root, `${path}/${name}`);
    return;
  }
  const content = readFileSync(absolute);
  // With the length between name and content, no two sets of files write the same bytes.
  hash.update(`${path}\0${content.length}\0`).update(content);
}

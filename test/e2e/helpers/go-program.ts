import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { toolsFolder } from "../../../scripts/machine/paths";

/**
 * A program that tests alone need: built once from its Go module, a minute or three, and kept beside the other tools.
 * @param main a main package of our own around the package at `path`, which is no program by itself
 */
export function goProgram(module: string, version: string, path: string, { name = basename(path), main }: { name?: string; main?: string } = {}): string {
  const program = `${module}/${path}`;
  const folder = join(toolsFolder(), ["test", name, version, ...(main ? [createHash("sha256").update(main).digest("hex").slice(0, 8)] : [])].join("-"));
  if (existsSync(join(folder, name))) return join(folder, name);
  mkdirSync(toolsFolder(), { recursive: true });
  const work = mkdtempSync(join(toolsFolder(), `test-${name}-`));
  const go = (...args: string[]) => execFileSync("go", args, { cwd: work, stdio: ["ignore", "ignore", "inherit"], env: { ...process.env, CGO_ENABLED: "0" } });
  try {
    writeFileSync(join(work, "go.mod"), `module storefleet.dev/test\n\ngo 1.26\n${main ? "" : `\ntool ${program}\n`}\nrequire ${module} v${version}\n`);
    if (main) writeFileSync(join(work, "main.go"), main);
    if (main) go("get", `${program}@v${version}`);
    else go("mod", "tidy");
    go("build", "-mod=mod", "-trimpath", "-ldflags", "-s -w", "-o", join("bin", name), main ? "." : program);
    renameSync(join(work, "bin"), folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return join(folder, name);
}

/** The folder of a Go module's files. */
export function goModule(module: string, version: string): string {
  const answer = execFileSync("go", ["mod", "download", "-json", `${module}@v${version}`], { cwd: tmpdir(), encoding: "utf8", env: { ...process.env, GO111MODULE: "on" } });
  return (JSON.parse(answer) as { Dir: string }).Dir;
}

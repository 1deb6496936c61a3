import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { toolsFolder } from "../../../scripts/machine/paths";

/** A program that tests alone need: built once from its Go module, a minute or three, and kept beside the other tools. */
export function goProgram(module: string, version: string, path: string): string {
  const program = `${module}/${path}`;
  const name = basename(program);
  const folder = join(toolsFolder(), `test-${name}-${version}`);
  if (existsSync(join(folder, name))) return join(folder, name);
  mkdirSync(toolsFolder(), { recursive: true });
  const work = mkdtempSync(join(toolsFolder(), `test-${name}-`));
  try {
    writeFileSync(join(work, "go.mod"), `module storefleet.dev/test\n\ngo 1.26\n\ntool ${program}\n\nrequire ${module} v${version}\n`);
    execFileSync("go", ["mod", "tidy"], { cwd: work, stdio: "ignore" });
    execFileSync("go", ["build", "-trimpath", "-ldflags", "-s -w", "-o", join(work, "bin/"), program], { cwd: work, stdio: "inherit", env: { ...process.env, CGO_ENABLED: "0" } });
    renameSync(join(work, "bin"), folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return join(folder, name);
}

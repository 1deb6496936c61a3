import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../os/run";
import type { Log, ToolLocations } from "./locations";
import { duration, withProgress } from "./progress";
import type { Binary, GoBuild } from "./table";
import { onPath } from "./versions";

/** Go that can fetch the newer toolchain which a module asks for; earlier ones cannot. */
const oldestGo = 21;

export interface Go {
  file: string;
  version: string;
}

/** The Go on PATH, or why there is none to build with. */
export async function findGo(place: ToolLocations): Promise<Go | { missing: string }> {
  const file = onPath(place, "go");
  if (!file) return { missing: "Go is not installed" };
  const asked = await run(file, ["env", "GOVERSION"], { env: { GOTOOLCHAIN: "local" }, timeout: 30_000 });
  const version = asked.code === 0 ? asked.stdout.trim() : "";
  const [major = 0, minor = 0] = version.replace(/^go/, "").split(".").map((part) => Number.parseInt(part, 10));
  if (!(major === 1 && minor >= oldestGo)) {
    return { missing: version ? `${version} on PATH is too old` : `${file} does not work` };
  }
  return { file, version };
}

export const goHint = `Install Go 1.${oldestGo} or newer (https://go.dev/doc/install), or give this machine a way to the download hosts, and run the same command again.`;

/** The largest tool takes a quarter of an hour on a slow machine; milliseconds. */
const goPatience = 2 * 3600_000;

/** Runs Go in `folder`; every line that it prints goes to `onLine`, the last ones into the error when it fails. */
async function go(file: string, args: string[], folder: string, onLine?: (line: string) => void): Promise<string> {
  const env = { GOFLAGS: "-buildvcs=false", GOWORK: "off", GO111MODULE: "on" };
  const { code, stdout, stderr } = await run(file, args, { cwd: folder, inherits: "go", env, timeout: goPatience, onLine });
  if (code === 0) return stdout;
  throw new Error(`go ${args[0]} failed:\n${stderr.trimEnd().split("\n").slice(-15).map((line) => `    ${line}`).join("\n")}`);
}

/**
 * The `replace` lines without which a module that is developed together with others (`replace … => ./staging/…`) does
 * not build from outside: each of those modules at its own published version.
 */
async function stagingReplacements(file: string, build: GoBuild, folder: string): Promise<string[]> {
  if (!build.stagingVersion) return [];
  const answer = await go(file, ["mod", "download", "-json", `${build.module}@${build.version}`], folder);
  const { GoMod } = JSON.parse(answer) as { GoMod: string };
  const staged = readFileSync(GoMod, "utf8").matchAll(/^\s*(?:replace\s+)?(\S+) => \.\/staging\//gm);
  return [...staged].map(([, module]) => `replace ${module} => ${module} ${build.stagingVersion}`);
}

/** Builds a tool's binaries into `folder`, each in a Go module of its own, and says how far it is. */
export async function buildInto(folder: string, binary: Binary, { file }: Go, log: Log): Promise<void> {
  for (const build of binary.go) {
    const module = join(folder, "module");
    mkdirSync(module);
    const goMod = join(module, "go.mod");
    writeFileSync(goMod, "module storefleet.dev/tools\n\ngo 1.24\n");
    const target = build.main ? "." : `${build.module}/${build.package}`;
    if (build.main) writeFileSync(join(module, "main.go"), build.main);
    const settings = Object.entries(build.set ?? {}).map(([name, value]) => `-X ${name}=${value}`);

    let packages = 0;
    let state = "fetching its modules";
    const usually = duration(binary.buildSeconds);
    const status = (elapsed: number) => `${build.binary} ${binary.version}: ${state}, ${duration(elapsed)} of about ${usually}`;
    await withProgress(log, status, async () => {
      const replacements = await stagingReplacements(file, build, module);
      writeFileSync(goMod, `${readFileSync(goMod, "utf8")}${replacements.join("\n")}\n`);
      await go(file, ["get", `${build.module}/${build.package}@${build.version}`], module);
      state = "compiling";
      const args = ["build", "-v", "-trimpath", "-ldflags", ["-s -w", ...settings].join(" "), "-o", join(module, "built"), target];
      await go(file, args, module, () => (state = `compiling, ${++packages} packages done`));
    });
    renameSync(join(module, "built"), join(folder, build.binary));
    rmSync(module, { recursive: true });
  }
}

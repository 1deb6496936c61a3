import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../../config/errors";
import { withLock } from "../os/lock";
import { downloadInto, isReachable } from "./download";
import { buildInto, findGo, goHint, type Go } from "./go-build";
import type { Log, ToolLocations } from "./locations";
import { duration } from "./progress";
import type { Binary, Download } from "./table";
import { askVersion, isExecutable } from "./versions";

export const folderOf = (place: ToolLocations, binary: Binary) => join(place.folder, `${binary.name}-${binary.version}`);

/** A folder is put in place whole, so that its binaries' being there is all that needs looking at. */
export const isInstalled = (place: ToolLocations, binary: Binary) =>
  binary.binaries.every((name) => isExecutable(join(folderOf(place, binary), name)));

const title = (binary: Binary) => `${binary.name} ${binary.version}`;

/** Fetches what is missing, or builds what cannot be fetched, one after another. */
export async function installAll(place: ToolLocations, missing: Binary[], log: Log): Promise<void> {
  const downloads = new Map<Binary, Download>();
  const silent = new Set<string>();
  await Promise.all(
    missing.map(async (binary) => {
      const download = place.platform && binary.downloads[place.platform];
      if (!download) return;
      if (await isReachable(place, download.url)) downloads.set(binary, download);
      else silent.add(new URL(download.url).host);
    }),
  );
  const builds = missing.filter((binary) => !downloads.has(binary));
  const go = await findGo(place);
  if (builds.length > 0) {
    const because = silent.size > 0 ? `${[...silent].sort().join(", ")} cannot be reached` : `nothing is published for ${process.platform} ${process.arch}`;
    if ("missing" in go) throw cannotBuild(builds, because, go.missing);
    const seconds = builds.reduce((sum, binary) => sum + binary.buildSeconds, 0);
    log(`${because}: building with ${go.version}, from nothing about ${duration(seconds)} on two cores: ${builds.map(title).join(", ")}`);
  }
  for (const [index, binary] of missing.entries()) {
    const count = missing.length > 1 ? `[${index + 1}/${missing.length}] ` : "";
    const waiting = (pid: number, waited: number) =>
      log(`waiting for process ${pid}, which is getting ${title(binary)}${waited < 1000 ? "" : ` (${duration(waited / 1000)} so far)`}`);
    await withLock(join(place.folder, "locks", `${binary.name}-${binary.version}`), waiting, async () => {
      if (!isInstalled(place, binary)) await install(place, binary, downloads.get(binary), go, (line) => log(`${count}${line}`));
    });
  }
}

const cannotBuild = (builds: Binary[], because: string, goMissing: string) =>
  new UserError(
    `Missing: ${builds.map(title).join(", ")}. Not on PATH in ${builds.length > 1 ? "these versions" : "this version"}; ${because}; and ${goMissing}, so that ${builds.length > 1 ? "they" : "it"} cannot be built.`,
    goHint,
  );

/** The caller holds the tool's lock. */
async function install(place: ToolLocations, binary: Binary, download: Download | undefined, go: Go | { missing: string }, log: Log) {
  const final = folderOf(place, binary);
  const scratch = `${final}.${process.pid}.partial`;
  // What a killed run left behind.
  for (const entry of readdirSync(place.folder)) {
    if (entry.startsWith(`${binary.name}-${binary.version}.`) && entry.endsWith(".partial")) {
      rmSync(join(place.folder, entry), { recursive: true, force: true });
    }
  }
  const started = Date.now();
  const took = () => duration((Date.now() - started) / 1000);
  const attempt = async (work: (folder: string) => Promise<void>) => {
    mkdirSync(scratch, { recursive: true });
    try {
      await work(scratch);
      await checkVersion(scratch, binary);
      rmSync(final, { recursive: true, force: true });
      renameSync(scratch, final);
    } catch (error) {
      rmSync(scratch, { recursive: true, force: true });
      if (!isInstalled(place, binary)) throw error;
    }
  };
  if (download) {
    try {
      log(`${title(binary)}: downloading from ${new URL(download.url).host}`);
      await attempt((folder) => downloadInto(folder, binary, download, log));
      return log(`${title(binary)}: downloaded in ${took()}`);
    } catch (error) {
      const reason = (error as Error).message;
      if ("missing" in go) throw cannotBuild([binary], reason, go.missing);
      log(`${title(binary)}: ${reason}; building it instead`);
    }
  }
  if ("missing" in go) throw cannotBuild([binary], "nothing to download", go.missing);
  log(`${title(binary)}: building, from nothing about ${duration(binary.buildSeconds)}`);
  try {
    await attempt((folder) => buildInto(folder, binary, go, log));
  } catch (error) {
    throw new UserError(
      `${title(binary)} could not be built with ${go.version}: ${(error as Error).message}`,
      "What is compiled so far is kept by Go: mend the cause (network, disk space) and run the same command again.",
    );
  }
  log(`${title(binary)}: built in ${took()}`);
}

async function checkVersion(folder: string, binary: Binary) {
  for (const name of binary.binaries) if (!existsSync(join(folder, name))) throw new Error(`${name} is not among the files`);
  const version = await askVersion(join(folder, binary.binaries[0]), binary.versionArgs);
  if (version !== binary.version) throw new Error(`it says version ${version ?? "nothing"} instead of ${binary.version}`);
}

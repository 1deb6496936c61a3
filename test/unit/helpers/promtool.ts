import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expectSuccess, run } from "../../../scripts/machine/os/run";
import { downloadInto, isReachable } from "../../../scripts/machine/tools/download";
import { here } from "../../../scripts/machine/tools/locations";

const version = "3.5.0";
const say = (line: string) => console.error(line);

/** Prometheus' own checker of rules and figures: that on PATH, else its maker's, else out of Debian's package, which is unpacked and not installed. */
export async function promtool(): Promise<string> {
  if ((await run("promtool", ["--version"])).code === 0) return "promtool";
  const place = here();
  const folders = [version, "debian"].map((of) => join(place.folder, `test-promtool-${of}`));
  const found = folders.map((folder) => join(folder, "promtool")).find(existsSync);
  if (found) return found;
  mkdirSync(place.folder, { recursive: true });
  const work = mkdtempSync(join(place.folder, "test-promtool-"));
  try {
    const release = `https://github.com/prometheus/prometheus/releases/download/v${version}`;
    const archiveFolder = `prometheus-${version}.${place.platform}`;
    const reachable = await isReachable(place, release);
    if (reachable) await downloadInto(work, { name: "promtool", version, binaries: ["promtool"] }, { url: `${release}/${archiveFolder}.tar.gz`, sums: `${release}/sha256sums.txt`, archiveFolder }, say);
    else await unpackDebians(work);
    const folder = folders[reachable ? 0 : 1]!;
    if (!existsSync(folder)) renameSync(work, folder);
    return join(folder, "promtool");
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function unpackDebians(work: string): Promise<void> {
  const fetch = () => run("apt-get", ["download", "prometheus"], { cwd: work });
  let fetched = await fetch();
  if (fetched.code !== 0 && process.getuid?.() === 0) {
    await run("apt-get", ["update"]);
    fetched = await fetch();
  }
  const [file] = readdirSync(work);
  if (fetched.code !== 0 || file === undefined) throw new Error(`there is no promtool: put Prometheus ${version} or so on PATH\n${fetched.stderr}`);
  expectSuccess("unpacking Debian's prometheus", await run("dpkg", ["-x", file, "package"], { cwd: work }));
  renameSync(join(work, "package/usr/bin/promtool"), join(work, "promtool"));
  for (const name of [file, "package"]) rmSync(join(work, name), { recursive: true });
}

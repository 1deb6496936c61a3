import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { UserError } from "../../../config/errors";
import { run } from "../os/run";
import { isReachable } from "./download";
import type { Log, ToolLocations } from "./locations";
import { askPluginVersion } from "./plugin-version";
import { duration, withProgress } from "./progress";
import { plugins, type PluginTool } from "./table";
import { isExecutable, knownVersion, onPath, versionOf } from "./versions";

export interface Plugin {
  file: string;
  kind: "path" | "installed" | "stand-in";
  /** Has to come first on PATH, because the CLI prefers a plugin found there to any other. */
  lead?: string;
}

/** The npm package says which plugin its resources need. */
export function pluginVersion(place: ToolLocations, tool: PluginTool): string {
  const file = join(place.root, "node_modules", "@pulumi", plugins[tool], "package.json");
  return (JSON.parse(readFileSync(file, "utf8")) as { pulumi: { version: string } }).pulumi.version;
}

/** Where the CLI keeps an installed plugin; `.partial` next to the folder marks one that is not complete. */
function installed(place: ToolLocations, tool: PluginTool): string | undefined {
  const folder = join(place.pulumiHome, "plugins", `resource-${plugins[tool]}-v${pluginVersion(place, tool)}`);
  const file = join(folder, tool);
  return isExecutable(file) && !existsSync(`${folder}.partial`) ? file : undefined;
}

/** One folder for each plugin and checkout: only the stand-ins in use go on PATH, and they are this checkout's. */
function standInFolder(place: ToolLocations, tool: PluginTool): string {
  const checkout = createHash("sha256").update(place.root).digest("hex").slice(0, 8);
  return join(place.folder, `stand-ins-${checkout}`, plugins[tool]);
}

/** A stand-in that another cache folder's environment put on PATH is no find either. */
const isStandIn = (file: string) => existsSync(join(dirname(file), ".stand-in"));

function ambient(place: ToolLocations, tool: PluginTool): string | undefined {
  const file = onPath(place, tool);
  return file && !isStandIn(file) ? file : undefined;
}

/** The plugin that operations will run with, looked up without running or fetching anything. */
export function findPlugin(place: ToolLocations, tool: PluginTool): Plugin | undefined {
  const onUsersPath = ambient(place, tool);
  if (onUsersPath && knownVersion(place, onUsersPath) === pluginVersion(place, tool)) {
    return { file: onUsersPath, kind: "path" };
  }
  const real = installed(place, tool);
  if (real) return { file: real, kind: "installed", ...(onUsersPath && { lead: dirname(real) }) };
  const standIn = join(standInFolder(place, tool), tool);
  return isExecutable(standIn) ? { file: standIn, kind: "stand-in", lead: dirname(standIn) } : undefined;
}

/** A real plugin if there is one or one can be had, else the stand-in. */
export async function ensurePlugin(place: ToolLocations, tool: PluginTool, pulumi: string, log: Log): Promise<Plugin> {
  const wanted = pluginVersion(place, tool);
  const onUsersPath = ambient(place, tool);
  if (onUsersPath) {
    const { version, asked } = await versionOf(place, onUsersPath, askPluginVersion);
    const taken = version === wanted;
    if (asked) log(`${tool} ${version ?? "of unknown version"} on PATH (${onUsersPath}): ${taken ? "used" : `not used, ${wanted} is needed`}`);
  }
  const found = findPlugin(place, tool);
  if (found && found.kind !== "stand-in") return found;

  if (isTimeToTry(place, tool) && (await isReachable(place, place.pluginHost))) {
    await download(place, tool, wanted, pulumi, log);
    const real = findPlugin(place, tool);
    if (real && real.kind !== "stand-in") return real;
  }
  writeStandIn(place, tool);
  return findPlugin(place, tool)!;
}

/** Where a stand-in is in use already, the network is asked once a day. */
function isTimeToTry(place: ToolLocations, tool: PluginTool): boolean {
  const mark = join(standInFolder(place, tool), ".stand-in");
  try {
    return Date.now() - statSync(mark).mtimeMs > 24 * 3600 * 1000;
  } catch {
    return true;
  }
}

/** The CLI installs its plugins itself: its own layout, locks and second sources. */
async function download(place: ToolLocations, tool: PluginTool, version: string, pulumi: string, log: Log) {
  const name = plugins[tool];
  const env = { PULUMI_HOME: place.pulumiHome, PULUMI_SKIP_UPDATE_CHECK: "true", PULUMI_IGNORE_AMBIENT_PLUGINS: "true" };
  const { code, stderr } = await withProgress(
    log,
    (elapsed) => `${tool} ${version}: downloading, ${duration(elapsed)} so far`,
    () => run(pulumi, ["plugin", "install", "resource", name, version, "--exact"], { timeout: 10 * 60_000, env }),
  );
  if (code === 0) log(`${tool} ${version}: downloaded by the Pulumi CLI`);
  else log(`${tool} ${version} could not be downloaded: ${stderr.trim().split("\n").at(-1) || `exit code ${code}`}`);
}

/** A program of the plugin's name that runs this checkout's stand-in. */
function writeStandIn(place: ToolLocations, tool: PluginTool) {
  const name = plugins[tool];
  const main = join(place.root, "dist", "test", "plugins", name, "main.js");
  if (!existsSync(main)) {
    throw new UserError(
      `${tool} ${pluginVersion(place, tool)} is missing: neither on PATH nor in ${join(place.pulumiHome, "plugins")}, ${new URL(place.pluginHost).host} gave none, and this checkout has no stand-in (${main}).`,
      `Run \`pulumi plugin install resource ${name} ${pluginVersion(place, tool)}\` where that host can be reached.`,
    );
  }
  const folder = standInFolder(place, tool);
  const file = join(folder, tool);
  const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
  const script = `#!/bin/sh\nexec ${quoted(process.execPath)} ${quoted(main)} "$@"\n`;
  mkdirSync(folder, { recursive: true });
  if (!existsSync(file) || readFileSync(file, "utf8") !== script) {
    const own = `${file}.${process.pid}`;
    writeFileSync(own, script);
    chmodSync(own, 0o755);
    renameSync(own, file);
  }
  if (isTimeToTry(place, tool)) writeFileSync(join(folder, ".stand-in"), "Its time tells when the real plugin was last looked for.\n");
}

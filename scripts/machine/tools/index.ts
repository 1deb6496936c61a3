import { delimiter, join, sep } from "node:path";
import { folderOf, installAll, isInstalled } from "./install";
import { here, type Log, type ToolLocations } from "./locations";
import { ensurePlugin, findPlugin, type Plugin } from "./plugins";
import { isPlugin, plugins, type Binary, type BinaryTool, type PluginTool, type Tool } from "./table";
import { askVersion, knownVersion, onPath, siblingsOf, versionOf } from "./versions";

export type { Tool } from "./table";

/** Everything that operations on a cluster need; the control plane comes on top for the embedded one. */
export const operationTools: Tool[] = ["pulumi", "pulumi-language-nodejs", "helm", "kubectl", "pulumi-resource-kubernetes", "pulumi-resource-random"];
export const embeddedClusterTools: Tool[] = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok"];

const binaryOf = (place: ToolLocations, tool: BinaryTool): Binary => {
  const binary = place.binaries.find(({ binaries }) => binaries.includes(tool));
  if (!binary) throw new Error(`no tool of the name ${tool}`);
  return binary;
};

/** The files of a set on PATH whose version was asked before and is the one that this project is tested with. */
function knownOnPath(place: ToolLocations, binary: Binary): Partial<Record<BinaryTool, string>> | undefined {
  const first = onPath(place, binary.binaries[0]);
  const usable = first && knownVersion(place, first) === binary.version;
  return usable ? siblingsOf(place, binary, first) : undefined;
}

/** Looks on PATH and asks what is found there for its version, once for each file. */
async function lookOnPath(place: ToolLocations, binary: Binary, log: Log): Promise<boolean> {
  const first = onPath(place, binary.binaries[0]);
  if (!first) return false;
  const { version, asked } = await versionOf(place, first, (file) => askVersion(file, binary.versionArgs));
  const usable = version === binary.version && siblingsOf(place, binary, first) !== undefined;
  if (asked) {
    log(`${binary.name} ${version ?? "of unknown version"} on PATH (${first}): ${usable ? "used" : `not used, ${binary.version} is needed`}`);
  }
  return usable;
}

/** A tool's path if it is there already; does no work. */
export function toolPath(tool: Tool, place: ToolLocations = here()): string | undefined {
  if (isPlugin(tool)) return findPlugin(place, tool)?.file;
  const binary = binaryOf(place, tool);
  return isInstalled(place, binary) ? join(folderOf(place, binary), tool) : knownOnPath(place, binary)?.[tool];
}

/**
 * Makes sure that the tools are there and returns their paths: from the cache, else from PATH, else downloaded, else
 * built. A plugin that cannot be had is stood in for.
 */
export async function ensureTools<T extends Tool>(tools: readonly T[], log: Log, place: ToolLocations = here()): Promise<Record<T, string>> {
  const wantedPlugins = tools.filter((tool): tool is T & PluginTool => isPlugin(tool));
  const wanted = new Set(tools.filter((tool) => !isPlugin(tool)).map((tool) => binaryOf(place, tool as BinaryTool)));
  // The CLI is what installs and runs plugins.
  if (wantedPlugins.length > 0) wanted.add(binaryOf(place, "pulumi"));

  const missing: Binary[] = [];
  for (const binary of place.binaries.filter((each) => wanted.has(each))) {
    if (!isInstalled(place, binary) && !(await lookOnPath(place, binary, log))) missing.push(binary);
  }
  if (missing.length > 0) await installAll(place, missing, log);

  const standIns: string[] = [];
  for (const tool of wantedPlugins) {
    const plugin = await ensurePlugin(place, tool, toolPath("pulumi", place)!, log);
    if (plugin.kind === "stand-in") standIns.push(plugins[tool]);
  }
  if (standIns.length > 0) {
    log(`stand-in for the provider plugin${standIns.length > 1 ? "s" : ""} ${standIns.join(", ")}: a test double, only for the embedded cluster`);
  }
  return Object.fromEntries(tools.map((tool) => [tool, toolPath(tool, place)])) as Record<T, string>;
}

/** The environment, on top of the process's own, in which the Pulumi CLI finds exactly these tools and plugins. */
export function toolEnvironment(place: ToolLocations = here()): { PATH: string } & Record<string, string> {
  const found = (Object.keys(plugins) as PluginTool[]).map((tool) => findPlugin(place, tool)).filter((plugin): plugin is Plugin => plugin !== undefined);
  const folders = (["pulumi", "helm", "kubectl"] as const)
    .map((tool) => binaryOf(place, tool))
    .filter((binary) => isInstalled(place, binary))
    .map((binary) => folderOf(place, binary));
  // What an earlier environment put there is left out, or a stand-in would outlive the real plugin's arrival.
  const rest = place.path.split(delimiter).filter((folder) => !folder.startsWith(place.folder + sep));
  return {
    PATH: [...found.flatMap(({ lead }) => lead ?? []), ...folders, ...rest].join(delimiter),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER: "true",
    ...(found.some(({ kind }) => kind === "stand-in") && { PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true" }),
  };
}

import { homedir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../../../config/root";
import { variables } from "../../../config/variables";
import { toolsFolder } from "../paths";
import { binaries, type Binary, type Platform } from "./table";

/** Prints one line of progress. */
export type Log = (line: string) => void;

/** Where tools are looked for and kept. A parameter everywhere, so that tests bring their own. */
export interface ToolLocations {
  /** The cache: one folder for each tool and version. */
  folder: string;
  /** The PATH that is searched. */
  path: string;
  /** The Pulumi CLI's own folder; it looks for plugins in `plugins/` there. */
  pulumiHome: string;
  /** The checkout: npm packages name the plugins' versions, `dist/` holds the stand-ins. */
  root: string;
  platform: Platform | undefined;
  binaries: Binary[];
  /** Seconds that a download host has to answer in. */
  probeSeconds: number;
  /** Where the CLI fetches plugins from; only asked whether it answers. */
  pluginHost: string;
}

const architectures: Partial<Record<NodeJS.Architecture, string>> = { x64: "amd64", arm64: "arm64" };

export function platformOf(os: NodeJS.Platform, architecture: NodeJS.Architecture): Platform | undefined {
  const arch = architectures[architecture];
  return arch && (os === "linux" || os === "darwin") ? (`${os}-${arch}` as Platform) : undefined;
}

/** This machine and this checkout. */
export const here = (): ToolLocations => ({
  folder: toolsFolder(),
  path: variables.PATH ?? "",
  pulumiHome: variables.PULUMI_HOME ?? join(homedir(), ".pulumi"),
  root: projectRoot,
  platform: platformOf(process.platform, process.arch),
  binaries,
  probeSeconds: 4,
  pluginHost: "https://get.pulumi.com",
});

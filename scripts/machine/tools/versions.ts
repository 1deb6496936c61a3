import { accessSync, constants, readFileSync, realpathSync, statSync } from "node:fs";
import { delimiter, dirname, isAbsolute, join, sep } from "node:path";
import { run } from "../os/run";
import { writeWhole } from "../os/write-whole";
import type { ToolLocations } from "./locations";
import type { Binary, BinaryTool } from "./table";

export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** The folders of PATH that are the machine's own: ours are left out, or a stand-in would be taken for a find. */
export const foreignPath = (place: ToolLocations): string[] =>
  place.path.split(delimiter).filter((folder) => isAbsolute(folder) && !`${folder}${sep}`.startsWith(place.folder + sep));

/** The first file of that name on PATH, which is the one that a shell would run. */
export const onPath = (place: ToolLocations, name: string): string | undefined =>
  foreignPath(place).map((folder) => join(folder, name)).find(isExecutable);

/** The first `1.2.3` in what a program says of itself. */
export const versionIn = (text: string): string | undefined => /(?<![\w.])v?(\d+\.\d+\.\d+)/.exec(text)?.[1];

/** Asks a program for its version; undefined when it fails, hangs, or says none. */
export async function askVersion(file: string, args: string[]): Promise<string | undefined> {
  const { code, stdout, stderr } = await run(file, args, { timeout: 10_000, env: { PULUMI_SKIP_UPDATE_CHECK: "true" } });
  return code === 0 ? versionIn(stdout) ?? versionIn(stderr) : undefined;
}

/** Answers already given, so that a file on PATH is run once and not at every start. Keyed by path, size and time. */
const memoFile = (place: ToolLocations) => join(place.folder, "versions.json");

const keyOf = (file: string) => {
  const { mtimeMs, size } = statSync(file);
  return `${realpathSync(file)} ${size} ${mtimeMs}`;
};

function readMemo(place: ToolLocations): Record<string, string> {
  try {
    return JSON.parse(readFileSync(memoFile(place), "utf8")) as Record<string, string>;
  } catch {
    return {};
  }
}

/** What is known of the file's version without running it: `undefined` means that it was never asked. */
export function knownVersion(place: ToolLocations, file: string): string | undefined {
  return readMemo(place)[keyOf(file)];
}

/** The file's version, asked with `ask` the first time, and each time while it does not answer. */
export async function versionOf(
  place: ToolLocations,
  file: string,
  ask: (file: string) => Promise<string | undefined>,
): Promise<{ version: string | undefined; asked: boolean }> {
  const known = knownVersion(place, file);
  if (known !== undefined) return { version: known, asked: false };
  const version = await ask(file);
  if (version === undefined) return { version, asked: true };
  writeWhole(memoFile(place), JSON.stringify({ ...readMemo(place), [keyOf(file)]: version }, undefined, 1));
  return { version, asked: true };
}

/** The other binaries of a set belong next to the first one, or at least on PATH. */
export function siblingsOf(place: ToolLocations, binary: Binary, first: string): Partial<Record<BinaryTool, string>> | undefined {
  const found: Partial<Record<BinaryTool, string>> = { [binary.binaries[0]]: first };
  for (const sibling of binary.binaries.slice(1)) {
    const beside = join(dirname(realpathSync(first)), sibling);
    const file = isExecutable(beside) ? beside : onPath(place, sibling);
    if (!file) return undefined;
    found[sibling] = file;
  }
  return found;
}

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../../config/root";
import { writeWhole } from "../../machine/os/write-whole";

/** By platform: where the project has its pipeline's files, and where the platform looks for them. */
const places = {
  github: { from: "ci/github", to: ".github" },
  gitlab: { from: "ci/gitlab.yml", to: ".gitlab-ci.yml" },
} as const;
export type CiPlatform = keyof typeof places;
export const ciPlatforms = Object.keys(places) as CiPlatform[];

export interface PipelineFile {
  /** From the project's folder. */
  path: string;
  /** What it is written from. */
  source: string;
  /** kept: it is there, and is not as the project has it, since somebody made it so. */
  result: "written" | "unchanged" | "kept";
}

/** Writes a platform's pipeline into the checkout, and no file over one that is there. */
export function initPipeline(platform: CiPlatform, root = projectRoot): PipelineFile[] {
  const { from, to } = places[platform];
  return filesBelow(join(root, from)).map((below) => {
    const [source, path] = [join(from, below), join(to, below)];
    const text = readFileSync(join(root, source), "utf8");
    if (existsSync(join(root, path))) return { path, source, result: readFileSync(join(root, path), "utf8") === text ? "unchanged" : "kept" };
    // Half a file would be kept as somebody's the next time.
    writeWhole(join(root, path), text);
    return { path, source, result: "written" };
  });
}

/** Paths of the files in a folder; of a file, its own. */
function filesBelow(place: string): string[] {
  if (place.endsWith(".yml")) return [""];
  const entries = readdirSync(place, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name).slice(place.length + 1)).sort();
}

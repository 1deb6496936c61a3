import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { projectRoot } from "../config/root";

/** The image of a chart's own values, pinned by tag and digest. @param folder the chart's, below `components` */
export function chartImage(folder: string, name: string): string {
  const { images } = parse(readFileSync(join(projectRoot, "components", folder, "chart", "values.yaml"), "utf8")) as { images: Record<string, string> };
  const image = images[name];
  if (image === undefined) throw new Error(`the chart of ${folder} has no image "${name}"`);
  return image;
}

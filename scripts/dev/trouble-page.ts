// Makes the tables of docs/troubleshooting.md anew: node dist/scripts/dev/trouble-page.js
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { errorCodes } from "../../config/errors";
import { projectRoot } from "../../config/root";
import { causes } from "../fleet/finding";

const page = join(projectRoot, "docs/troubleshooting.md");

const table = (head: string[], rows: string[][]): string => [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");

const exitOf = (code: string, refused: boolean): string => (code === "interrupted" ? "130, 143" : refused ? "3" : "1");

/** By the file that each is made from. */
const tables: Record<string, string> = {
  "scripts/fleet/finding.ts": table(["Reason", "Where to look"], Object.values(causes).map(({ said, look }) => [said.map((words) => `\`${words}\``).join(", "), look])),
  "config/errors.ts": table(["Code", "Exit code", "What it means"], Object.entries(errorCodes).map(([code, { refused, means }]) => [`\`${code}\``, exitOf(code, refused), means])),
};

/** The page with its tables as the code has them; the rest is as it was written. */
export function troublePage(text = readFileSync(page, "utf8")): string {
  return Object.entries(tables).reduce((rest, [file, made]) => {
    const [before, after] = [`<!-- made from ${file} -->\n`, "<!-- end -->"];
    const start = rest.indexOf(before) + before.length;
    const end = rest.indexOf(after, start);
    if (start < before.length || end < 0) throw new Error(`${page} has no place for the table of ${file}`);
    return rest.slice(0, start) + made + "\n" + rest.slice(end);
  }, text);
}

if (require.main === module) writeFileSync(page, troublePage());

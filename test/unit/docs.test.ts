import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { projectRoot } from "../../config/root";

const aside = new Set(["node_modules", "dist", ".git", ".medusa"]);

const pages = (folder: string): string[] =>
  readdirSync(join(projectRoot, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return aside.has(entry.name) ? [] : pages(path);
    return entry.name.endsWith(".md") ? [path] : [];
  });

/** Where a page's links lead, but for those out of the project and those within it. */
const targets = (page: string) =>
  [...readFileSync(join(projectRoot, page), "utf8").matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map(([, target]) => target!).filter((target) => !/^[a-z]+:/.test(target));

describe("the pages", () => {
  it("link to what is there", () => {
    const all = pages(".");
    assert.ok(all.includes("README.md") && all.includes("docs/operations.md"));
    assert.deepEqual(all.flatMap((page) => targets(page).filter((target) => !existsSync(join(projectRoot, dirname(page), target))).map((target) => `${page}: ${target}`)), []);
  });
});

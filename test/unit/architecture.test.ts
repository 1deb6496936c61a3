import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import ts from "typescript";
import { projectRoot } from "../../config/root";

/** What the sources of a folder may import from other folders, or the one file of those: always with the flow from list to cluster. */
const mayImport: Record<string, string[]> = {
  config: [],
  components: ["config/quantity", "config/catalogue", "config/url"],
  stores: ["config", "components", "infra"],
  infra: ["config", "components"],
  scripts: ["config", "stores", "infra"],
  test: ["config", "components", "stores", "infra", "scripts"],
};

/** `components/guardrails/index.ts` -> `components`. */
const topFolder = (path: string) => path.split("/")[0]!;

/** Every module name that a source imports or requires, statically or not, types included. */
function importsOf(source: string): string[] {
  const { importedFiles } = ts.preProcessFile(source, true, true);
  return importedFiles.map(({ fileName }) => fileName);
}

/** `from -> to` for each import that goes against the flow. */
function violations(path: string, source: string): string[] {
  const from = topFolder(path);
  return importsOf(source)
    .filter((name) => name.startsWith("."))
    .map((name) => posix.join(dirname(path), name))
    .filter((target) => topFolder(target) !== from && ![target, topFolder(target)].some((it) => mayImport[from]?.includes(it)))
    .map((target) => `${path} -> ${target}`);
}

function sources(folder: string): string[] {
  return readdirSync(join(projectRoot, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return sources(path);
    return entry.name.endsWith(".ts") ? [path] : [];
  });
}

const all = Object.keys(mayImport).flatMap(sources);
const read = (path: string) => readFileSync(join(projectRoot, path), "utf8");

describe("architecture", () => {
  it("has sources in every folder of the flow", () => {
    assert.deepEqual([...new Set(all.map(topFolder))].sort(), Object.keys(mayImport).sort());
  });

  it("imports go with the flow", () => {
    assert.deepEqual(all.flatMap((path) => violations(path, read(path))), []);
  });

  it("config is pure: no Pulumi, no Kubernetes", () => {
    const impure = all
      .filter((path) => topFolder(path) === "config")
      .filter((path) => importsOf(read(path)).some((name) => /^@(pulumi|kubernetes)\//.test(name)));
    assert.deepEqual(impure, []);
  });

  it("nobody imports the whole of @pulumi/kubernetes, which costs a second of CPU at each start", () => {
    const whole = all.filter((path) => importsOf(read(path)).includes("@pulumi/kubernetes"));
    assert.deepEqual(whole, []);
  });

  it("notices an import against the flow in any form", () => {
    for (const statement of [
      'import { x } from "../../config/names";',
      'import type { X } from "../../config/names";',
      'export * from "../../config/names";',
      'const x = await import("../../config/names");',
      'const x = require("../../config/names");',
    ]) {
      assert.deepEqual(violations("components/guardrails/index.ts", statement), ["components/guardrails/index.ts -> config/names"]);
    }
    assert.deepEqual(violations("scripts/main.ts", 'import "../test/unit/helpers";'), ["scripts/main.ts -> test/unit/helpers"]);
    assert.deepEqual(violations("components/medusa/index.ts", 'import "../shared/labels";'), []);
  });
});

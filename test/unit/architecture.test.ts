import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import ts from "typescript";
import { projectRoot } from "../../config/root";

/** What the sources of a room may import from other rooms, or the one file of those: always with the flow from list to cluster. */
const mayImport: Record<string, string[]> = {
  config: [],
  components: ["config/quantity", "config/plans", "config/backup", "config/catalogue", "config/property-path", "config/url"],
  kube: ["config"],
  infra: ["config", "kube", "components"],
  stores: ["config", "kube", "components", "infra"],
  "scripts/machine": ["config", "kube"],
  "scripts/shops": ["scripts/machine", "config"],
  "scripts/fleet": ["scripts/machine", "config", "kube", "stores", "infra"],
  "scripts/engine": ["scripts/fleet", "scripts/machine", "config", "kube", "stores", "infra"],
  "scripts/operations": ["scripts/engine", "scripts/fleet", "scripts/shops", "scripts/machine", "config", "kube", "stores", "infra"],
  "scripts/api": ["scripts/operations", "config"],
  "scripts/cli": ["scripts/operations", "scripts/api/serve", "scripts/machine/paths", "config"],
  "scripts/dev": ["scripts/cli", "scripts/api", "scripts/operations", "scripts/engine", "scripts/fleet", "scripts/machine", "config", "kube", "stores", "infra"],
  dashboard: [],
  test: ["dashboard", "config", "kube", "components", "stores", "infra", "scripts"],
};

/** Who starts processes, and why not by the runner: it waits for an end, within a limit, and nothing outlives it. */
const startsProcesses: Record<string, string> = {
  "scripts/machine/os/run.ts": "the runner itself",
  "scripts/machine/os/process.ts": "programs that outlive us; ps, whose answer is needed at once",
  "scripts/machine/tools/plugin-version.ts": "a server, ended when it has answered",
  "scripts/engine/pool.ts": "workers, with a channel to them",
  "scripts/engine/pulumi-command.ts": "the CLI outlives its worker, and writes into a file",
  "scripts/machine/os/attached.ts": "a command that has the terminal to itself",
  "scripts/machine/os/browser.ts": "the user's browser",
  "scripts/dev/bench/measure.ts": "what is measured",
};

/** `components/guardrails/index.ts` -> `components`, `scripts/cli/main.ts` -> `scripts/cli`. */
const roomOf = (path: string) => path.split("/").slice(0, path.startsWith("scripts/") ? 2 : 1).join("/");

/** Every module name that a source imports or requires, statically or not, types included. */
function importsOf(source: string): string[] {
  const { importedFiles } = ts.preProcessFile(source, true, true);
  return importedFiles.map(({ fileName }) => fileName);
}

const relativeTargets = (path: string, source: string) => importsOf(source).filter((name) => name.startsWith(".")).map((name) => posix.join(dirname(path), name.replace(/\.js$/, "")));

/** `from -> to` for each import that goes against the flow. */
function violations(path: string, source: string): string[] {
  const from = roomOf(path);
  return relativeTargets(path, source)
    .filter((target) => roomOf(target) !== from && ![target, roomOf(target), target.split("/")[0]!].some((it) => mayImport[from]?.includes(it)))
    .map((target) => `${path} -> ${target}`);
}

/** Files that import each other in a circle, types included; each circle once. */
function circles(files: Map<string, string>): string[] {
  const fileOf = (target: string) => [target, `${target}.ts`, `${target}.tsx`, posix.join(target, "index.ts")].find((it) => files.has(it));
  const imported = new Map([...files].map(([path, source]) => [path, relativeTargets(path, source).map(fileOf).filter((it) => it !== undefined)]));
  const found: string[] = [];
  const done = new Set<string>();
  const walk = (path: string, way: string[]) => {
    const start = way.indexOf(path);
    if (start >= 0) found.push([...way.slice(start), path].join(" -> "));
    if (start >= 0 || done.has(path)) return;
    for (const next of imported.get(path) ?? []) walk(next, [...way, path]);
    done.add(path);
  };
  for (const path of files.keys()) walk(path, []);
  return found;
}

function sources(folder: string): string[] {
  return readdirSync(join(projectRoot, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return /^(dist.*|node_modules)$/.test(entry.name) ? [] : sources(path);
    return /\.(ts|mts|tsx)$/.test(entry.name) ? [path] : [];
  });
}

const all = [...new Set(Object.keys(mayImport).map((room) => room.split("/")[0]!))].flatMap(sources);
const read = (path: string) => readFileSync(join(projectRoot, path), "utf8");

describe("architecture", () => {
  it("has sources in every room of the flow, and none outside", () => {
    assert.deepEqual([...new Set(all.map(roomOf))].sort(), Object.keys(mayImport).sort());
  });

  it("unit tests lie where what they test does", () => {
    const folders = all.filter((path) => /^test\/unit\/.*\.test\.ts$/.test(path)).map((path) => dirname(path).replace(/^test\/unit\/?/, ""));
    const strays = [...new Set(folders)].filter((folder) => ![folder, `test/${folder}`].some((place) => existsSync(join(projectRoot, place))));
    assert.deepEqual(strays, []);
    assert.ok(folders.includes("scripts/engine"));
  });

  it("has no circle", () => {
    assert.deepEqual(circles(new Map(all.map((path) => [path, read(path)]))), []);
  });

  it("notices a circle, also of types, also through a folder's index", () => {
    const files = { "a/index.ts": 'import type { B } from "./b";', "a/b.ts": 'export { C } from "../c";', "c.ts": 'import "./a";' };
    assert.deepEqual(circles(new Map(Object.entries(files))), ["a/index.ts -> a/b.ts -> c.ts -> a/index.ts"]);
  });

  it("imports go with the flow", () => {
    assert.deepEqual(all.flatMap((path) => violations(path, read(path))), []);
  });

  it("config is pure: no Pulumi, no Kubernetes", () => {
    const impure = all
      .filter((path) => roomOf(path) === "config")
      .filter((path) => importsOf(read(path)).some((name) => /^@(pulumi|kubernetes)\//.test(name)));
    assert.deepEqual(impure, []);
  });

  it("config reads the disk and the environment where ARCHITECTURE.md says, and nowhere else", () => {
    const [, disk = "", variables = ""] = /\*\*What `config\/` reads\.\*\* The disk: ([^]*?)\. The\s+environment: ([^]*?)\n\n/.exec(read("ARCHITECTURE.md")) ?? [];
    const named = (text: string) => [...text.matchAll(/`([\w/-]+\.ts)`/g)].map(([, file]) => `config/${file}`).sort();
    const inConfig = all.filter((path) => roomOf(path) === "config");
    assert.deepEqual(inConfig.filter((path) => importsOf(read(path)).some((name) => /^(node:)?fs(\/promises)?$/.test(name))).sort(), named(disk));
    assert.deepEqual(inConfig.filter((path) => /\bprocess\.env\b/.test(read(path))), named(variables));
  });

  it("rooms may import what ARCHITECTURE.md says", () => {
    const rows = [...read("ARCHITECTURE.md").matchAll(/^\| `(config|kube|components|infra|stores)\/` \|.*\| ([^|]*) \|$/gm)];
    assert.equal(rows.length, 5);
    for (const [, room = "", told = ""] of rows) assert.deepEqual(told === "–" ? [] : told.replaceAll("`", "").split(", ").sort(), [...mayImport[room]!].sort(), room);
  });

  it("processes are started by one runner, with few exceptions", () => {
    const starters = all.filter((path) => !path.startsWith("test/") && importsOf(read(path)).some((name) => /^(node:)?child_process$/.test(name)));
    assert.deepEqual(starters.sort(), Object.keys(startsProcesses).sort());
  });

  it("the environment is read in one file", () => {
    const reads = (source: string) => /\bprocess\s*\??\.?\s*(\[\s*["'`])?env\b|["'](node:)?process["']/.test(source);
    const readers = (paths: string[]) => paths.filter((path) => !path.startsWith("test/") && reads(read(path)));
    assert.deepEqual(readers([...all, "index.ts", "scripts/stores", "scripts/build.cjs"]), ["config/variables.ts"]);
    for (const form of ["process.env.X", "const { X } = process.env", 'process["env"]', 'import { env } from "node:process";', "process\n    .env"]) assert.ok(reads(form), form);
    assert.ok(!reads("process.exit(); environment"));
  });

  it("nobody imports the whole of @pulumi/kubernetes, which costs a second of CPU at each start", () => {
    const whole = all.filter((path) => importsOf(read(path)).includes("@pulumi/kubernetes"));
    assert.deepEqual(whole, []);
  });

  it("what is started often stays small: no compiler, no generated client, and the command no SDK of Pulumi's", () => {
    const [command, worker] = ["stores", "worker"].map((name) => read(`dist/bundle/${name}.js`)) as [string, string];
    const packages = (bundle: string) => new Set([...bundle.matchAll(/^\/\/ node_modules\/((?:@[^/\n]+\/)?[^/\n]+)/gm)].map(([, name]) => name!));
    assert.deepEqual([...packages(command)].filter((name) => /^(typescript|@pulumi\/.*)$/.test(name)), []);
    assert.deepEqual([...packages(worker)].filter((name) => /^(typescript|@npmcli\/arborist)$/.test(name)), []);
    assert.ok(packages(worker).has("@pulumi/pulumi"));
    // The whole of @kubernetes/client-node is 14 MB.
    assert.ok(command.length < 6e6 && worker.length < 11e6, `${command.length} and ${worker.length} bytes`);
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
    assert.deepEqual(violations("scripts/cli/main.ts", 'import "../../test/unit/helpers";'), ["scripts/cli/main.ts -> test/unit/helpers"]);
    assert.deepEqual(violations("scripts/fleet/status.ts", 'import type { X } from "../engine/session";'), ["scripts/fleet/status.ts -> scripts/engine/session"]);
    assert.deepEqual(violations("scripts/engine/pool.ts", 'import "../cli/common";'), ["scripts/engine/pool.ts -> scripts/cli/common"]);
    assert.deepEqual(violations("components/medusa/index.ts", 'import "../shared/labels";'), []);
  });
});

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { projectRoot } from "../../../config/root";

/** `scripts/build.cjs` in a project of four files. */
describe("compiling the sources", () => {
  let folder: string;
  const at = (...path: string[]) => join(folder, "project", ...path);
  function write(file: string, text: string): void {
    mkdirSync(dirname(at(file)), { recursive: true });
    writeFileSync(at(file), text);
  }
  const build = (project = at()) => execFileSync(process.execPath, [join(project, "scripts/build.cjs")]);
  const said = (project = at()) => execFileSync(process.execPath, [join(project, "dist/bundle/stores.js")], { encoding: "utf8" }).trim();
  /** Marks what is compiled, so that what is compiled anew can be told. */
  const outputs = ["index.js", "config/name.js", "config/other.js", "bundle/stores.js"];
  const mark = () => outputs.forEach((file) => writeFileSync(at("dist", file), `${readFileSync(at("dist", file), "utf8")}\n// kept`));
  const kept = (project = at()) => outputs.filter((file) => existsSync(join(project, "dist", file)) && readFileSync(join(project, "dist", file), "utf8").endsWith("// kept"));

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "storefleet-build-"));
    write("index.ts", "export {};\n");
    write("config/name.ts", 'export const name = "first";\n');
    write("config/other.ts", "export const other = 1;\n");
    write("scripts/cli/main.ts", 'import { name } from "../../config/name";\nconsole.log(name);\n');
    copyFileSync(join(projectRoot, "scripts/build.cjs"), at("scripts/build.cjs"));
    symlinkSync(join(projectRoot, "node_modules"), at("node_modules"));
    build();
    mark();
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("does nothing when nothing changed", () => {
    const { ino } = statSync(at("dist"));
    build();
    assert.equal(statSync(at("dist")).ino, ino);
  });

  it("compiles anew what changed, and the bundles that hold it", () => {
    write("config/other.ts", "export const other = 22;\n");
    build();
    assert.deepEqual(kept(), ["index.js", "config/name.js", "bundle/stores.js"]);
    write("config/name.ts", 'export const name = "another";\n');
    build();
    assert.deepEqual([kept(), said()], [["index.js"], "another"]);
  });

  it("takes a new file for what an import means, and leaves nothing of one that is gone", () => {
    write("config/name/index.ts", 'export const name = "folder";\n');
    rmSync(at("config/name.ts"));
    build();
    assert.equal(said(), "folder");
    assert.deepEqual(readdirSync(at("dist/config")).sort(), ["name", "other.js"]);
  });

  it("keeps all of it in a copy of the project that kept its times", () => {
    const copy = join(folder, "copy");
    cpSync(at(), copy, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
    rmSync(join(copy, "config/other.ts"));
    build(copy);
    assert.deepEqual(readdirSync(join(copy, "dist/config")), ["name.js"]);
    assert.deepEqual([kept(copy), said(copy)], [["index.js", "config/name.js", "bundle/stores.js"], "first"]);
  });

  it("keeps nothing once what compiles has changed, or where the last build can not be read", () => {
    writeFileSync(at("scripts/build.cjs"), `${readFileSync(at("scripts/build.cjs"), "utf8")}\n`);
    build();
    assert.deepEqual(kept(), []);
    mark();
    writeFileSync(at("dist/.stamp"), "{");
    build();
    assert.deepEqual(kept(), []);
  });
});

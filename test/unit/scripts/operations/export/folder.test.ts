import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "../../../../../config/errors";
import { fillFolder, isStale } from "../../../../../scripts/operations/export/folder";

const mark = "# Ours\n";

describe("the folder of an export", () => {
  let folder: string;
  beforeEach(() => (folder = join(mkdtempSync(join(tmpdir(), "export-")), "deploy")));
  afterEach(() => rmSync(join(folder, ".."), { recursive: true }));

  const files = (...names: string[]) => new Map(names.map((name) => [`${name}.yaml`, `${mark}${name}\n`]));
  const fill = (wanted: Map<string, string>, onlyLook = false) => fillFolder(folder, wanted, mark, { onlyLook }).map(({ file, result }) => `${result} ${file}`);
  const put = (name: string, text: string) => writeFileSync(join(folder, name), text);

  it("is made, is left as it is the second time, and loses the files of what is not listed any more", () => {
    assert.deepEqual(fill(files("a", "b")), ["written a.yaml", "written b.yaml"]);
    assert.deepEqual(fill(files("a", "b")), ["unchanged a.yaml", "unchanged b.yaml"]);
    put("a.yaml", `${mark}edited`);
    assert.deepEqual(fill(files("a")), ["written a.yaml", "removed b.yaml"]);
    assert.deepEqual(readdirSync(folder), ["a.yaml"]);
    assert.equal(readFileSync(join(folder, "a.yaml"), "utf8"), `${mark}a\n`);
  });

  it("is only looked at where that is asked for, also where there is none", () => {
    assert.deepEqual(fill(files("a"), true), ["missing a.yaml"]);
    assert.ok(!existsSync(folder));
    fill(files("a", "b"));
    put("a.yaml", `${mark}edited`);
    const seen = fillFolder(folder, files("a", "c"), mark, { onlyLook: true });
    assert.deepEqual(seen.map(({ file, result }) => `${result} ${file}`), ["differs a.yaml", "left b.yaml", "missing c.yaml"]);
    assert.ok(isStale(seen));
    assert.deepEqual(readdirSync(folder), ["a.yaml", "b.yaml"]);
    fill(files("a"));
    assert.ok(!isStale(fillFolder(folder, files("a"), mark, { onlyLook: true })));
  });

  it("keeps files of others, and is not touched where one has a name that is needed", () => {
    fill(files("a"));
    put("kustomization.yaml", "resources: []\n");
    put("README.md", "text");
    assert.deepEqual(fill(files()), ["removed a.yaml", "kept kustomization.yaml"]);
    put("b.yaml", "kind: Secret\n");
    assert.throws(() => fill(files("a", "b")), (error: UserError) => error.code === "foreign-object" && /b\.yaml: there is such a file, and it is not of this export; nothing was written/.test(error.message));
    assert.deepEqual(readdirSync(folder).sort(), ["README.md", "b.yaml", "kustomization.yaml"]);
  });

  it("has to be a folder", () => {
    writeFileSync(folder, "");
    assert.throws(() => fill(files("a")), (error: UserError) => error.code === "usage");
  });
});

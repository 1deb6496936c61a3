import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../../../../../config/root";
import { initPipeline } from "../../../../../scripts/operations/ci/init";

describe("a pipeline's files", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "storefleet-init-"));
    cpSync(join(projectRoot, "ci"), join(root, "ci"), { recursive: true });
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const inGithub = ["actions/login/action.yml", ...["apply", "checks", "drift", "local", "plan"].map((name) => `workflows/${name}.yml`)];

  it("are written to where each platform looks for them, once", () => {
    assert.deepEqual(initPipeline("github", root), inGithub.map((path) => ({ path: `.github/${path}`, source: `ci/github/${path}`, result: "written" })));
    assert.deepEqual(initPipeline("gitlab", root), [{ path: ".gitlab-ci.yml", source: "ci/gitlab.yml", result: "written" }]);
    assert.equal(readFileSync(join(root, ".gitlab-ci.yml"), "utf8"), readFileSync(join(root, "ci/gitlab.yml"), "utf8"));
    assert.deepEqual(readdirSync(join(root, ".github/workflows")).sort(), ["apply.yml", "checks.yml", "drift.yml", "local.yml", "plan.yml"]);
    for (const platform of ["github", "gitlab"] as const) assert.ok(initPipeline(platform, root).every(({ result }) => result === "unchanged"));
  });

  it("are kept where somebody has changed them, and the missing ones are written beside them", () => {
    initPipeline("github", root);
    writeFileSync(join(root, ".github/actions/login/action.yml"), "mine\n");
    rmSync(join(root, ".github/workflows/drift.yml"));
    const results = () => initPipeline("github", root).filter(({ result }) => result !== "unchanged").map(({ path, result }) => `${result} ${path}`);
    assert.deepEqual(results(), ["kept .github/actions/login/action.yml", "written .github/workflows/drift.yml"]);
    assert.deepEqual(results(), ["kept .github/actions/login/action.yml"]);
    assert.equal(readFileSync(join(root, ".github/actions/login/action.yml"), "utf8"), "mine\n");
  });

  it("of this repository are the project's; the login is everybody's own", () => {
    for (const path of inGithub.filter((it) => it.startsWith("workflows/"))) assert.equal(readFileSync(join(projectRoot, ".github", path), "utf8"), readFileSync(join(projectRoot, "ci/github", path), "utf8"), path);
  });
});

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../config/root";
import { ensureDataStores } from "./data-stores";
import { ImageProject } from "./project";

/** A first run installs a thousand packages and builds the admin page, which takes minutes. */
describe("images/medusa", function () {
  this.timeout(20 * 60_000);
  const project = new ImageProject("medusa");

  before(async () => {
    await ensureDataStores();
    await project.prepare();
  });

  it("type-checks", () => project.npm(["run", "check"]));
  it("knows the countries and currencies that the list takes for Medusa's", () => {
    const known = execFileSync("node", [join(projectRoot, "config/known/medusa.cjs")], { cwd: project.folder, encoding: "utf8" });
    assert.equal(known, readFileSync(join(projectRoot, "config/known/medusa.json"), "utf8"), "make config/known/medusa.json anew");
  });
  it("passes its unit tests", () => project.npm(["test"]));

  it("prepares databases, sells, and gets over faults, with real Postgres and Redis", async () => {
    const tree = await project.built((folder) => project.run("sh", [join(project.folder, "assemble.sh"), folder]));
    await project.npm(["run", "test:integration"], { APP_TREE: tree });
  });
});

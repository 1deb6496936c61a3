import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../../../config/root";
import { commandPage } from "../../../../scripts/dev/command-page";

describe("docs/commands.md", () => {
  it("says what --help of each command says", () => {
    const page = commandPage();
    assert.equal(readFileSync(join(projectRoot, "docs/commands.md"), "utf8"), page, "make it anew: node dist/scripts/dev/command-page.js > docs/commands.md");
    for (const command of ["plan", "cluster up", "exec"]) assert.match(page, new RegExp(`^## ${command}$`, "m"));
  });
});

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../../../../config/root";
import { run } from "../../../../../scripts/machine/os/run";

describe("the dashboard's types of the API", () => {
  it("are those of its description", async function () {
    this.timeout(30_000);
    const { stdout, stderr, code } = await run(process.execPath, [join(projectRoot, "node_modules/openapi-typescript/bin/cli.js"), join(projectRoot, "scripts/api/openapi.json")]);
    assert.equal(code, 0, stderr);
    assert.equal(readFileSync(join(projectRoot, "dashboard/src/api/schema.ts"), "utf8"), stdout, "make them anew: npm run types --workspace dashboard");
  });
});

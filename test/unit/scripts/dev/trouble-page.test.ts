import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { errorCodes } from "../../../../config/errors";
import { projectRoot } from "../../../../config/root";
import { causes } from "../../../../scripts/fleet/finding";
import { troublePage } from "../../../../scripts/dev/trouble-page";

describe("docs/troubleshooting.md", () => {
  it("has the causes and the codes as the code has them", () => {
    const page = readFileSync(join(projectRoot, "docs/troubleshooting.md"), "utf8");
    assert.equal(page, troublePage(page), "make it anew: node dist/scripts/dev/trouble-page.js");
    for (const code of Object.keys(errorCodes)) assert.ok(page.includes(`| \`${code}\` | `), code);
    for (const word of Object.values(causes).flatMap(({ said }) => said)) assert.ok(page.includes(`\`${word}\``), word);
  });

  it("names reasons by words that the tests of those see", () => {
    const tests = ["trouble", "pod-trouble"].map((name) => readFileSync(join(projectRoot, `test/unit/scripts/fleet/${name}.test.ts`), "utf8")).join("\n");
    for (const words of Object.values(causes).flatMap(({ said }) => said)) for (const part of words.split("…")) assert.ok(tests.includes(part.trim()), words);
  });
});

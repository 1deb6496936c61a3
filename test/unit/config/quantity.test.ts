import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { larger, mebibytes, millicores, quantity } from "../../../config/quantity";
import { projectRoot } from "../../../config/root";
import { engineNames } from "../../../config/spec";
import { tool } from "../helpers/tool";

describe("quantities", () => {
  it("are read in every form that Kubernetes has", () => {
    const bytes = { "20G": 20e9, "21474836480": 20 * 2 ** 30, "0.5Ti": 2 ** 39, "1e3": 1000, "2E3": 2000, "1E": 1e18, "1.5Gi": 1.5 * 2 ** 30, ".5Mi": 2 ** 19, "5.": 5, "128974848000m": 128974848, "3Ki": 3072, "+1k": 1000 };
    for (const [text, value] of Object.entries(bytes)) assert.equal(quantity(text), value, text);
  });

  it("are counted in whole mebibytes and thousandths of a CPU, rounded up", () => {
    assert.deepEqual(["20G", "21474836480", "0.5Ti", "2Gi", "100"].map(mebibytes), [19074, 20480, 524288, 2048, 1]);
    assert.deepEqual(["100m", "2", "0.5", "1.1", "0.007", "1500u"].map(millicores), [100, 2000, 500, 1100, 7, 2]);
  });

  it("that are none are refused", () => {
    for (const text of ["", "Gi", "1 Gi", "1gi", "1GiB", "1,5Gi", "0x10"]) assert.throws(() => quantity(text), /is not a quantity: write it like/, text);
  });

  it("are compared by what they say, and kept as they are written", () => {
    assert.equal(larger("20G", "2Gi"), "20G");
    assert.equal(larger("900m", "1"), "1");
    assert.equal(larger("1024Mi", "1Gi"), "1024Mi");
  });

  for (const engine of engineNames) {
    it(`are read the same by ${engine}'s chart, whose claims somebody may have grown by hand`, async function () {
      this.timeout(60_000);
      const chart = mkdtempSync(join(tmpdir(), "storefleet-quantities-"));
      try {
        const texts = ["2Gi", "20G", "21474836480", "0.5Ti", "1.5Gi", "2E9", "3000000Ki", "22000000000000m", "1Pi", "512Mi"];
        mkdirSync(join(chart, "templates"));
        copyFileSync(join(projectRoot, `components/${engine}/chart/templates/_helpers.tpl`), join(chart, "templates/_helpers.tpl"));
        writeFileSync(join(chart, "Chart.yaml"), "{ apiVersion: v2, name: quantities, version: 1.0.0 }");
        writeFileSync(join(chart, "templates/all.yaml"), texts.map((text) => `"${text}": {{ include "${engine}.mebibytes" "${text}" | int }}`).join("\n"));
        const read = parse(execFileSync(await tool("helm"), ["template", chart], { encoding: "utf8" })) as Record<string, number>;
        assert.deepEqual(read, Object.fromEntries(texts.map((text) => [text, Math.round(quantity(text) / 2 ** 20)])));
      } finally {
        rmSync(chart, { recursive: true });
      }
    });
  }
});

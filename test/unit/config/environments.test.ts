import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { environmentNames } from "../../../config/environments";
import { readSettings } from "../../../config/environment";
import { parseStack } from "../../../config/names";
import { projectRoot } from "../../../config/root";

describe("environments", () => {
  it("are those that have settings, whatever else Pulumi's CLI left beside them", () => {
    const folder = mkdtempSync(join(tmpdir(), "storefleet-environments-"));
    const settings = "config:\n  storefleet:settings:\n    egress: deny\n    mailCatcher: true\n    hostSuffix: .example.com\n";
    const files = {
      prod: settings, staging: `encryptionsalt: v1:x\n${settings}`, eu1: settings.replace("storefleet:settings", '"storefleet:settings"'),
      "local.acme": settings, other: "encryptionsalt: v1:x\n", commented: "# storefleet:settings:\n", Upper: settings, "-x": settings, [`${"a".repeat(31)}`]: settings, local: "",
    };
    try {
      for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, `Pulumi.${name}.yaml`), text);
      const known = environmentNames(folder);
      assert.deepEqual(known, ["local", "eu1", "prod", "staging"]);
      assert.equal(readSettings("staging", folder).hostSuffix, ".example.com");
      assert.deepEqual(parseStack("staging.acme", known), { env: "staging", store: "acme" });
      assert.throws(() => parseStack("other.acme", known), /is not a stack of this project/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("are kept in git, and a store's stack by hand is not", () => {
    const ignored = (file: string) => {
      try {
        return execFileSync("git", ["check-ignore", "--no-index", file], { cwd: projectRoot, encoding: "utf8" }).trim() === file;
      } catch {
        return false;
      }
    };
    assert.deepEqual(["Pulumi.staging.yaml", "Pulumi.staging.acme.yaml", "config/stores.staging.yaml"].map(ignored), [false, true, false]);
  });
});

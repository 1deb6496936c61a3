import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeWhole } from "../../../../scripts/machine/os/write-whole";

describe("a file that is written whole", () => {
  const folder = mkdtempSync(join(tmpdir(), "storefleet-whole-"));
  after(() => rmSync(folder, { recursive: true }));

  it("takes the place of the one before, and leaves no draft", () => {
    const file = join(folder, "open", "file");
    for (const text of ["first", "second"]) {
      writeWhole(file, text);
      assert.equal(readFileSync(file, "utf8"), text);
    }
    assert.deepEqual(readdirSync(join(folder, "open")), ["file"]);
  });

  it("is its user's alone, with its folder, where that is asked for", () => {
    const file = join(folder, "own", "file");
    writeWhole(file, "secret", { ofUserAlone: true });
    assert.deepEqual([file, join(folder, "own")].map((path) => statSync(path).mode & 0o777), [0o600, 0o700]);
  });
});

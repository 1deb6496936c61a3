import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { openersOf, openInBrowser } from "../../../../../scripts/machine/os/browser";
import { program } from "../../../helpers/tool-place";

describe("opening the browser", () => {
  const folder = mkdtempSync(join(tmpdir(), "storefleet-browser-"));
  const seen = join(folder, "seen");
  const url = "http://store-acme.127.0.0.1.nip.io:8080/?a=1&b=2";
  after(() => rmSync(folder, { recursive: true }));

  it("is done by what the system has: Windows' own browser on WSL", () => {
    assert.deepEqual(openersOf("darwin", "24.0.0"), ["open"]);
    assert.deepEqual(openersOf("linux", "6.8.0-generic"), ["xdg-open"]);
    assert.deepEqual(openersOf("linux", "5.15.153.1-microsoft-standard-WSL2"), ["wslview", "explorer.exe", "xdg-open"]);
  });

  it("takes the first program that is there and can, with the address as it is", async () => {
    const refusing = program(join(folder, "refusing"), "exit 3");
    const working = program(join(folder, "working"), `echo "$1" > ${seen}`);
    const next = program(join(folder, "next"), `echo next > ${seen}`);
    assert.equal(await openInBrowser(url, [join(folder, "none"), refusing, working, next]), true);
    assert.equal(readFileSync(seen, "utf8"), `${url}\n`);
    assert.equal(await openInBrowser(url, [program(join(folder, "explorer.exe"), "exit 1")]), true, "explorer.exe ends so");
  });

  it("says when there is none", async () => {
    assert.equal(await openInBrowser(url, [join(folder, "none"), join(folder, "refusing")]), false);
  });

  it("does not wait for the browser to end", async () => {
    const closed = join(folder, "closed");
    const staying = program(join(folder, "staying"), `until [ -e ${closed} ]; do sleep 0.1; done; rm ${closed}`);
    const { closeSync, openSync } = await import("node:fs");
    assert.equal(await openInBrowser(url, [staying]), true);
    closeSync(openSync(closed, "w"));
    for (const end = Date.now() + 10_000; existsSync(closed); await delay(50)) assert.ok(Date.now() < end, "it goes on after we did");
  });
});

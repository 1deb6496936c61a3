import assert from "node:assert/strict";
import { mock } from "node:test";
import { stripVTControlCharacters } from "node:util";
import { progress } from "../../../../scripts/cli/ui/progress";

/** A stream that keeps what is written. */
function stream(isTTY: boolean, columns = 60) {
  const written: string[] = [];
  const it = { isTTY, columns, write: (text: string) => void written.push(text) } as unknown as NodeJS.WriteStream;
  return { it, written, text: () => written.join("") };
}

describe("progress", () => {
  beforeEach(() => mock.timers.enable({ apis: ["Date", "setInterval"], now: 1_000_000 }));
  afterEach(() => mock.timers.reset());

  it("in a log: a line when a store begins, now and then in between, and when it ends", () => {
    const { it: log, written } = stream(false);
    const shown = progress(log);
    shown.begin(2);
    shown.step("acme", "creating");
    for (let second = 0; second < 12; second++) {
      mock.timers.tick(1000);
      shown.step("acme", `step ${second}`);
    }
    shown.step("bikes", "creating");
    shown.end("acme", "created in 12 s", false);
    shown.end("bikes", "failed: no image", true);
    shown.close();
    assert.deepEqual(written.map(stripVTControlCharacters), [
      "00:16:40Z 0/2 acme: creating\n", "00:16:45Z 0/2 acme: step 4\n", "00:16:50Z 0/2 acme: step 9\n", "00:16:52Z 0/2 bikes: creating\n",
      "00:16:52Z 1/2 ✓ acme created in 12 s\n", "00:16:52Z 2/2 ✗ bikes failed: no image\n",
    ]);
  });

  it("in a log there is nothing that only a terminal understands", () => {
    const { it: log, text } = stream(false);
    const shown = progress(log);
    shown.begin(1);
    shown.step("acme", "creating");
    mock.timers.tick(1000);
    shown.close();
    assert.doesNotMatch(text(), /\r|\x1b\[2K/);
  });

  it("on a terminal: one live line for the stores under way, no wider than it", () => {
    const { it: terminal, written } = stream(true, 40);
    const shown = progress(terminal);
    shown.begin(3);
    shown.step("acme", "create Release woocommerce-release");
    shown.step("bikes", "create Secret admin");
    mock.timers.tick(7000);
    const last = stripVTControlCharacters(written.at(-1)!);
    assert.match(last, /^0\/3 7s {2}acme: create Release/);
    assert.equal(last.length, 39);
    assert.ok(last.endsWith("…"));
  });

  it("on a terminal a store that ended gets a line of its own, and the live line goes", () => {
    const { it: terminal, written } = stream(true);
    const shown = progress(terminal);
    shown.begin(1);
    shown.step("acme", "creating");
    shown.end("acme", "created", false);
    shown.close();
    assert.deepEqual(written.map((text) => (text.startsWith("\r") ? "erase" : stripVTControlCharacters(text))), ["0/1 0s  acme: creating", "erase", "✓ acme created\n"]);
  });
});

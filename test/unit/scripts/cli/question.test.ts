import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { projectRoot } from "../../../../config/root";
import { confirm, interruptible } from "../../../../scripts/cli/common";

/** A terminal with somebody at it. */
function terminal() {
  const tty = () => Object.assign(new PassThrough(), { isTTY: true });
  const [input, output] = [tty(), tty()];
  let shown = "";
  output.setEncoding("utf8").on("data", (text: string) => (shown += text));
  return { input, output, shown: () => shown };
}

describe("a question", () => {
  /** Asks, then does `then` as soon as the question is there. */
  async function asked(then: (at: ReturnType<typeof terminal>) => void, typed: string | null = null): Promise<ReturnType<typeof terminal>> {
    const at = terminal();
    at.output.once("data", () => setImmediate(() => then(at)));
    await confirm("Delete acme?", "--yes", typed, at);
    return at;
  }

  it("is answered by yes, and by nothing else", async () => {
    for (const yes of ["y", "yes", " YES "]) assert.match((await asked(({ input }) => void input.write(`${yes}\n`))).shown(), /Delete acme\? \[y\/N\] /);
    for (const no of ["", "n", "yesterday"]) await assert.rejects(asked(({ input }) => void input.write(`${no}\n`)), { message: "nothing was done", code: "refused-deletion" });
    await assert.rejects(asked(({ input }) => void input.end()), { message: "nothing was done", code: "refused-deletion" }, "the terminal went away, or Ctrl-D");
  });

  it("that wants a word takes that word alone", async () => {
    for (const word of ["acme", " acme "]) assert.match((await asked(({ input }) => void input.write(`${word}\n`), "acme")).shown(), /Delete acme\? Type acme to go ahead: /);
    for (const no of ["", "y", "yes", "Acme"]) await assert.rejects(asked(({ input }) => void input.write(`${no}\n`), "acme"), { message: "nothing was done", code: "refused-deletion" });
  });

  it("is not asked where nobody could answer", async () => {
    const at = Object.assign(terminal(), { input: new PassThrough() });
    await assert.rejects(confirm("Delete acme?", "--yes", null, at), { hint: "Say --yes to go ahead.", code: "refused-deletion" });
    assert.equal(at.shown(), "");
  });

  it("ends by a signal, also inside an operation, which has nothing to cancel then", async () => {
    for (const [signal, exitCode] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
      const before = process.listenerCount(signal);
      let aborted: boolean | undefined;
      const body = async (cancel: AbortSignal) => {
        try {
          await asked(() => void process.emit(signal, signal));
        } finally {
          aborted = cancel.aborted;
        }
      };
      await assert.rejects(interruptible(body), { code: "interrupted", exitCode });
      assert.equal(aborted, false);
      assert.equal(process.listenerCount(signal), before, "nothing listens any more");
    }
    await assert.rejects(asked(({ input }) => void input.write("\x03")), { code: "interrupted", exitCode: 130 }, "Ctrl-C at a line that is edited");
  });

  it("ends the command with the signal's code and one line, no stack", async function () {
    this.timeout(60_000);
    const atTerminal = 'for (const stream of [process.stdin, process.stderr]) Object.defineProperty(stream, "isTTY", { value: true });';
    const script = `${atTerminal} require(${JSON.stringify(join(projectRoot, "dist", "bundle", "stores.js"))}).main(["cluster", "reset", "--json"]);`;
    for (const [signal, code] of [["SIGTERM", 143], ["SIGINT", 130]] as const) {
      const child = spawn(process.execPath, ["-e", script], { stdio: "pipe", env: { ...process.env, STOREFLEET_CACHE: join(tmpdir(), "storefleet-no-cache") } });
      let [out, err] = ["", ""];
      child.stdout.on("data", (text: Buffer) => (out += text.toString()));
      child.stderr.on("data", (text: Buffer) => {
        const before = err;
        err += text.toString();
        if (err.includes("[y/N]") && !before.includes("[y/N]")) child.kill(signal);
      });
      assert.deepEqual(await once(child, "close"), [code, null]);
      assert.match(err, /\[y\/N\] [^\n]*\n.*error:.* interrupted; nothing was done\n$/);
      assert.equal((JSON.parse(out) as { error: { code: string } }).error.code, "interrupted");
    }
  });
});

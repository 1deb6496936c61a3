import assert from "node:assert/strict";
import { containersIn, eventsIn, textOf, type LogLine } from "../../../../../../dashboard/src/pages/store/log-lines";

const line = (container: string, text: string): LogLine => ({ pod: "p", container, line: text });

describe("lines of a log", () => {
  it("are read however the stream is cut, even within a letter", async () => {
    const lines = [line("php", "größer"), line("db", "data: \\n\\n")];
    const bytes = new TextEncoder().encode(lines.map((it) => `data: ${JSON.stringify(it)}\n\n`).join(""));
    for (const size of [1, 7, 1000]) {
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => bytes.slice(at * size, (at + 1) * size));
      const found: LogLine[] = [];
      for await (const it of eventsIn(new ReadableStream({ start: (to) => (chunks.forEach((chunk) => to.enqueue(chunk)), to.close()) }))) found.push(it);
      assert.deepEqual(found, lines, `${size} bytes at a time`);
    }
  });

  it("have their container's name beside them, but where only one is shown", () => {
    const lines = [line("php", "a"), line("db", "b"), line("php", "c")];
    assert.equal(textOf(lines), "php │ a\ndb │ b\nphp │ c");
    assert.equal(textOf(lines, "php"), "a\nc");
    assert.deepEqual(containersIn(lines), ["db", "php"]);
  });
});

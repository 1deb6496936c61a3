import assert from "node:assert/strict";
import { stripVTControlCharacters } from "node:util";
import { firstLine } from "../../../../config/first-line";
import { duration, table } from "../../../../scripts/cli/ui/table";

describe("table", () => {
  const plain = (head: string[], rows: string[][]) => stripVTControlCharacters(table(head, rows)).split("\n");

  it("puts cells below their heads, two spaces apart, without spaces at the end", () => {
    assert.deepEqual(plain(["STORE", "PHASE", "URL"], [["acme", "READY", "http://a"], ["bikes-and-more", "FAILED", ""]]), [
      "STORE           PHASE   URL",
      "acme            READY   http://a",
      "bikes-and-more  FAILED",
    ]);
  });

  it("may have no rows, and rows with cells missing", () => {
    assert.deepEqual(plain(["A", "B"], []), ["A  B"]);
    assert.deepEqual(plain(["A", "B"], [["only"]]), ["A     B", "only"]);
  });

  it("knows that some characters are wide, and that others take no room", () => {
    assert.deepEqual(plain(["A", "B"], [["靴屋", "x"], ["cafe\u0301", "x"], ["🛍️", "x"]]), ["A     B", "靴屋  x", "cafe\u0301  x", "🛍️    x"]);
  });

  it("takes words that mean something to JavaScript for words", () => {
    assert.deepEqual(plain(["A", "B"], [["constructor", "x"]]), ["A            B", "constructor  x"]);
  });
});

describe("duration", () => {
  for (const [seconds, text] of [
    [0, "0s"], [0.04, "0s"], [1.26, "1.3s"], [12, "12s"], [59.94, "59.9s"], [59.96, "1m 0s"], [75, "1m 15s"], [119.7, "2m 0s"],
    [3599.6, "1h 0m"], [3660, "1h 1m"], [86399.9, "1d 0h"], [90000, "1d 1h"], [8640000, "100d 0h"], [-3, "0s"],
  ] as const) {
    it(`${seconds} is ${text}`, () => assert.equal(duration(seconds), text));
  }
});

describe("firstLine", () => {
  it("is the first line, cut with an ellipsis", () => {
    assert.equal(firstLine("one\ntwo"), "one");
    assert.equal(firstLine("abcdef", 6), "abcdef");
    assert.equal(firstLine("abcdefg", 6), "abcde…");
    assert.equal(firstLine(""), "");
  });
});

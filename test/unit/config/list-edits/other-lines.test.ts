import assert from "node:assert/strict";
import { keepsOtherLines } from "../../../../config/list-edits/other-lines";

describe("edits of a list: the lines that a change is not about", () => {
  const text = "a: 1\n# why\nb: 2\n\nc: 3\n";
  const cases: [what: string, changed: string, kept: boolean][] = [
    ["the line that may change is another", "a: 1\n# why\nb: 9\n\nc: 3\n", true],
    ["it is gone, and an empty line with it", "a: 1\n# why\nc: 3\n", true],
    ["it became several", "a: 1\n# why\nb:\n  d: 4\n\nc: 3\n", true],
    ["the last line has no break", "a: 1\n# why\nb: 2\n\nc: 3", true],
    ["a comment is gone", "a: 1\nb: 9\n\nc: 3\n", false],
    ["a space is gone", "a:1\n# why\nb: 9\n\nc: 3\n", false],
    ["a line moved", "# why\na: 1\nb: 9\n\nc: 3\n", false],
    ["a line break is another", "a: 1\r\n# why\nb: 9\n\nc: 3\n", false],
    ["the end is gone", "a: 1\n# why\nb: 9\n", false],
  ];
  for (const [what, changed, kept] of cases) it(`${what}: ${kept ? "kept" : "not kept"}`, () => assert.equal(keepsOtherLines(text, [[text.indexOf("b"), text.indexOf("2")]], changed), kept));
});

import assert from "node:assert/strict";
import { diff } from "../../../../../dashboard/src/parts/diff";

const list = (...names: string[]) => `stores:\n${names.map((it) => `  - name: ${it}\n    engine: medusa\n`).join("")}`;
/** `+12 text` */
const shown = (before: string, after: string, around?: number) => diff(before, after, around).map((hunk) => hunk.map(({ kind, number, text }) => `${{ same: " ", added: "+", removed: "-" }[kind]}${number} ${text.trim()}`));

/** What the lines say of both texts: whoever applies the difference to one has to get the other. */
function sides(before: string, after: string) {
  const lines = diff(before, after, 1_000_000).flat();
  const of = (but: string) => lines.filter(({ kind }) => kind !== but).map(({ text }) => text).join("\n");
  return lines.length === 0 ? [before.trimEnd(), before.trimEnd()] : [of("added"), of("removed")];
}

describe("the difference between two lists", () => {
  it("is nothing between equal ones, whatever their line ends", () => {
    assert.deepEqual(diff(list("a"), list("a")), []);
    assert.deepEqual(diff("a\nb\n", "a\r\nb\r\n"), []);
    assert.deepEqual(diff("", ""), []);
  });

  it("is an entry at the end, in the middle, and one less, with what is around it", () => {
    assert.deepEqual(shown(list("a", "b"), list("a", "b", "c"), 1), [[" 5 engine: medusa", "+6 - name: c", "+7 engine: medusa"]]);
    assert.deepEqual(shown(list("a", "c"), list("a", "b", "c"), 1), [[" 3 engine: medusa", "+4 - name: b", "+5 engine: medusa", " 6 - name: c"]]);
    assert.deepEqual(shown(list("a", "b", "c"), list("a", "c"), 0), [["-4 - name: b", "-5 engine: medusa"]]);
  });

  it("is a changed line as one that goes and one that comes", () => {
    assert.deepEqual(shown("a\nb\nc\n", "a\nB\nc\n"), [[" 1 a", "-2 b", "+2 B", " 3 c"]]);
    assert.deepEqual(shown("stores: []\n", list("a")), [["-1 stores: []", "+1 stores:", "+2 - name: a", "+3 engine: medusa"]]);
  });

  it("keeps apart what is far apart, and together what is not", () => {
    const lines = Array.from({ length: 30 }, (_, at) => `${at}`);
    const changed = (...at: number[]) => lines.map((line, its) => (at.includes(its) ? `${line}!` : line)).join("\n");
    assert.deepEqual(diff(lines.join("\n"), changed(3, 25)).map((hunk) => hunk.length), [8, 8]);
    assert.deepEqual(diff(lines.join("\n"), changed(3, 10)).map((hunk) => hunk.length), [16]);
    assert.deepEqual(diff(lines.join("\n"), changed(0, 29)).map((hunk) => hunk.length), [5, 5]);
  });

  it("leads from one to the other, for any two", () => {
    let seed = 7;
    const random = (below: number) => (seed = (seed * 1103515245 + 12345) % 2 ** 31) % below;
    for (let round = 0; round < 300; round++) {
      const text = () => Array.from({ length: random(9) }, () => "abc"[random(3)]).join("\n");
      const [before, after] = [text(), text()];
      assert.deepEqual(sides(before, after), [before, after]);
    }
  });

  it("of two long texts that have nothing in common is told at once", () => {
    const many = (name: string) => Array.from({ length: 5000 }, (_, at) => `${name} ${at}`).join("\n");
    assert.equal(diff(many("a"), many("b")).flat().length, 10_000);
  });
});

import assert from "node:assert/strict";
import { parse } from "yaml";
import { addEntry, entryOf, patchEntry, removeEntry } from "../../../config/edit-list";
import { nasty, type Random, randomFrom, randomList, type RandomList, type WrittenEntry } from "./random-list";

type Data = Record<string, unknown>;
const isMap = (value: unknown): value is Data => typeof value === "object" && value !== null && !Array.isArray(value);
const dataOf = (text: string) => parse(text) as Data & { stores: Data[] };

/** RFC 7396 once more, by its own words. */
function patched(target: unknown, patch: unknown): unknown {
  if (!isMap(patch)) return patch;
  const result: Data = isMap(target) ? { ...target } : {};
  for (const key of Object.keys(patch)) {
    if (patch[key] === null) delete result[key];
    else result[key] = patched(result[key], patch[key]);
  }
  return result;
}

function randomValue({ pick, chance, below }: Random, depth = 1): unknown {
  if (depth > 0 && chance(20)) return [...Array(below(4)).keys()].map(() => randomValue({ pick, chance, below }, depth - 1));
  if (depth > 0 && chance(15)) return Object.fromEntries([...Array(below(3)).keys()].map((n) => [chance(20) ? pick(nasty.filter((text) => text.length < 500)) : `k${n}`, randomValue({ pick, chance, below }, depth - 1)]));
  return chance(75) ? pick(nasty) : pick<unknown>([true, false, 0, 12.5, -1, 1e21, 0.1, 100_000, "medusa", "Acme"]);
}

function randomPatch(random: Random, entry: Data): Data {
  const { chance, pick, below } = random;
  const keys = [...Object.keys(entry).filter((key) => key !== "name"), "title", "plan", "engine", "medusa", "woocommerce", "domains", "products", "new key", "on", "constructor"];
  return Object.fromEntries(
    [...Array(1 + below(3)).keys()].map(() => {
      const key = pick(keys);
      const old = Object.hasOwn(entry, key) ? entry[key] : undefined;
      if (chance(25)) return [key, null];
      if (isMap(old) ? chance(75) : chance(15)) {
        const inner = [...Object.keys(isMap(old) ? old : {}), "accent", "extra"];
        return [key, Object.fromEntries(inner.filter(() => chance(50)).map((name) => [name, chance(40) ? null : randomValue(random)]))];
      }
      return [key, randomValue(random)];
    }),
  );
}

const lines = (text: string) => text.split("\n").filter((line) => line.trim() !== "");
/** What is above an entry's own lines, and what is below. */
const aroundEntry = ({ around, entries }: RandomList, index: number): [above: string, below: string] => {
  const parts = around.flatMap((part, at) => (at < entries.length ? [part, entries[at]!.text] : [part]));
  return [parts.slice(0, 2 * index + 1).join(""), parts.slice(2 * index + 2).join("")];
};

/** Every key that a patch is not about is written as it was. */
function assertKeysKept(keys: WrittenEntry["keys"], patch: Data, text: string): void {
  for (const { key, lines: written, inner } of keys) {
    if (!Object.hasOwn(patch, key)) {
      const bare = (line = "") => line.replace(/^ *(- +)?/, "");
      const [first, ...rest] = written;
      const now = text.split(/\r?\n/);
      assert.ok(now.some((line, at) => bare(line) === bare(first) && rest.every((below, offset) => now[at + 1 + offset] === below)), `lost:\n${written.join("\n")}`);
    } else if (inner && isMap(patch[key])) assertKeysKept(inner, patch[key], text);
  }
}

describe("edits of random lists", () => {
  const rounds = [...Array(400).keys()];

  function each(edit: (random: Random, list: RandomList, told: (what: unknown, result?: string) => string) => void) {
    for (const seed of rounds) {
      const random = randomFrom(seed);
      const list = randomList(random);
      const told = (what: unknown, result?: string) => `seed ${seed}: ${JSON.stringify(what)}\n${list.text}${result === undefined ? "" : `\n--- became\n${result}`}`;
      edit(random, list, told);
    }
  }
  const check = <T>(told: () => string, claims: () => T): T => {
    try {
      return claims();
    } catch (error) {
      throw new Error(`${told()}\n${(error as Error).message}`, { cause: error });
    }
  };

  it("an entry is found with its own lines", () =>
    each((random, list, told) => {
      const index = random.below(list.entries.length);
      const { name, text } = list.entries[index]!;
      const found = entryOf(list.text, name);
      check(() => told(name, found.text), () => {
        assert.equal(found.text, text);
        assert.deepEqual(found.data, dataOf(list.text).stores[index]);
        assert.equal(found.lines[0], aroundEntry(list, index)[0].split("\n").length);
      });
    }));

  it("a patch changes its keys, and no other line", () =>
    each((random, list, told) => {
      const index = random.below(list.entries.length);
      const { name, keys } = list.entries[index]!;
      const before = dataOf(list.text);
      const patch = randomPatch(random, before.stores[index]!);
      const after = check(() => told(patch), () => patchEntry(list.text, name, patch));
      check(() => told(patch, after), () => {
        const [above, below] = aroundEntry(list, index);
        assert.deepEqual(dataOf(after), { ...before, stores: before.stores.map((store, at) => (at === index ? patched(store, patch) : store)) });
        assert.ok(after.startsWith(above) && after.endsWith(below), "other lines changed");
        assertKeysKept(keys, patch, after.slice(above.length, after.length - below.length));
        assert.equal(after.endsWith("\n"), list.text.endsWith("\n"));
        assert.equal(/[^\r]\n/.test(after), list.eol === "\n" && after.includes("\n"), "line breaks of both kinds");
      });
    }));

  it("what is taken out takes its own lines along, and none else", () =>
    each((random, list, told) => {
      const index = random.below(list.entries.length);
      const { name } = list.entries[index]!;
      const before = dataOf(list.text);
      const after = check(() => told(name), () => removeEntry(list.text, name));
      check(() => told(name, after), () => {
        assert.deepEqual(dataOf(after), { ...before, stores: before.stores.filter((_, at) => at !== index) });
        const rest = aroundEntry(list, index).join("");
        const bare = (text: string) => lines(text).map((line) => line.replace(/^(\ufeff?"?stores"?:) \[\]/, "$1"));
        assert.deepEqual(bare(after).join("\n").trimEnd(), lines(rest).join("\n").trimEnd());
        const count = (part: string) => part.split(/\n(?=.)/s).length;
        assert.ok(count(`${rest}.`) - count(`${after}${list.text.endsWith("\n") ? "" : "\n"}.`) <= 1, "more than one empty line went");
        // An empty line may be the last that is left.
        assert.ok(/\n$/.test(after) === /\n$/.test(list.text) || /\n\r?\n$/.test(rest), "the last line's break");
      });
    }));

  it("an entry is added below the last; taken out again, the text is the old one", () =>
    each((random, list, told) => {
      const before = dataOf(list.text);
      const entry = patched({ name: "added", ...(random.chance(50) && { engine: "medusa" }) }, { ...randomPatch(random, {}), name: "added" }) as Data;
      const after = check(() => told(entry), () => addEntry(list.text, entry));
      check(() => told(entry, after), () => {
        assert.deepEqual(dataOf(after), { ...before, stores: [...before.stores, entry] });
        const footer = list.around.at(-1)!;
        assert.ok(after.startsWith(list.text.slice(0, list.text.length - footer.length)) && after.endsWith(footer), "other lines changed");
        assert.equal(removeEntry(after, "added"), list.text);
      });
    }));

  it("a list in brackets: the same, and adding gives each entry its lines", () => {
    for (const seed of rounds) {
      const { pick, chance, below } = randomFrom(seed);
      const random = { pick, chance, below };
      const eol = chance(30) ? "\r\n" : "\n";
      const entries = [...Array(1 + below(3)).keys()].map((n) => pick([`{ name: shop-${n}, title: "#x, y" }`, `{name: shop-${n}}`, `{"name": "shop-${n}", "medusa": {"accent": "x"}}`, `{ name: shop-${n},${eol}    domains: [a.example], # mine${eol}    plan: small }`]));
      const between = () => pick([", ", ",", `,${eol}  `, ` ,${eol}${eol}  `, `, # one${eol}  `, `,${eol}  # two${eol}  # three${eol}  `]);
      const text = `${pick(["# top", "defaults: {}"])}${eol}stores: [${pick(["", " ", `${eol}  `, ` # list${eol}  `])}${entries.map((entry, at) => (at > 0 ? between() : "") + entry).join("")}${pick(["", " ", ", ", eol + " ", `,${eol} `, ` # end${eol} `, `,${eol}  # end${eol} `])}]${pick(["", " # stores"])}${pick(["", eol, `${eol}# bottom${eol}`])}`;
      const before = dataOf(text);
      const index = below(entries.length);
      const name = `shop-${index}`;
      const entry = patched({}, { ...randomPatch(random, {}), name: "added" }) as Data;
      const patch = randomPatch(random, before.stores[index]!);
      const comments = (part: string) => (part.match(/# (?!\S*x)[a-z]+/g) ?? []).sort();
      const told = () => `seed ${seed}: ${JSON.stringify([name, patch, entry])}\n${text}`;
      check(told, () => {
        const without = removeEntry(text, name);
        assert.deepEqual(dataOf(without), { ...before, stores: before.stores.filter((_, at) => at !== index) });
        const ownLine = (part: string) => comments(part).filter((it) => !/mine|one|end/.test(it));
        assert.deepEqual(ownLine(without), ownLine(text), without);
        const changed = patchEntry(text, name, patch);
        assert.deepEqual(dataOf(changed), { ...before, stores: before.stores.map((store, at) => (at === index ? patched(store, patch) : store)) });
        const at = text.indexOf(entries[index]!);
        assert.ok(changed.startsWith(text.slice(0, at)) && changed.endsWith(text.slice(at + entries[index]!.length)), "other lines changed");
        const more = addEntry(text, entry);
        assert.deepEqual(dataOf(more), { ...before, stores: [...before.stores, entry] });
        assert.deepEqual(comments(more.slice(0, more.indexOf("added"))).length + comments(more.slice(more.indexOf("added"))).filter((it) => it === "# bottom").length, comments(text).length, more);
        assert.match(more, /^stores:( #.*)?\r?\n(  #.*\r?\n)*  - \{/m);
        assert.equal(/[^\r]\n/.test(more), eol === "\n");
      });
    }
  });
});

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { addEntry, entryOf, patchEntry, removeEntry } from "../../../config/edit-list";
import { environmentNames } from "../../../config/environments";
import { listFileOf, parseStores } from "../../../config/load";
import { maxListBytes } from "../../../config/read-file";
import { nasty } from "./random-list";

const storesOf = (text: string) => (parse(text) as { stores: Record<string, unknown>[] }).stores;
const two = "stores:\n  - name: acme\n    engine: medusa # why\n\n  # About cargo.\n  - name: cargo\n    engine: medusa\n";

describe("edits of a list: adding", () => {
  const added = { name: "new", engine: "medusa" };
  const cases: [what: string, before: string, after: string, entry?: object][] = [
    ["below the last, apart from it as that is from the others", two, `${two}\n  - name: new\n    engine: medusa\n`],
    ["below the only one", "stores:\n- name: acme\n", "stores:\n- name: acme\n- name: new\n  engine: medusa\n"],
    ["indented as its siblings", "stores:\n   -   name: acme\n", "stores:\n   -   name: acme\n   -   name: new\n       engine: medusa\n"],
    ["in braces, as the last one", "stores:\n  - name: acme\n  - {name: cargo}\n", "stores:\n  - name: acme\n  - {name: cargo}\n  - { name: new, engine: medusa }\n"],
    ["in lines, as the last one", "stores:\n  - {name: cargo}\n  - name: acme\n", "stores:\n  - {name: cargo}\n  - name: acme\n  - name: new\n    engine: medusa\n"],
    ["as JSON, as the last one", 'stores:\n  - {"name": "acme"}\n', 'stores:\n  - {"name": "acme"}\n  - { "name": "new", "engine": "medusa" }\n'],
    ["with line breaks as there are", "stores:\r\n  - name: acme\r\n", "stores:\r\n  - name: acme\r\n  - name: new\r\n    engine: medusa\r\n"],
    ["without a last line break, where there was none", "stores:\r\n  - name: acme", "stores:\r\n  - name: acme\r\n  - name: new\r\n    engine: medusa"],
    ["behind a byte order mark", "\ufeffstores: []\n", "\ufeffstores:\n  - name: new\n    engine: medusa\n"],
    ["above what is below the list", "stores:\n- name: acme\n  # plan: large\n# end\ndefaults: {}\n", "stores:\n- name: acme\n  # plan: large\n- name: new\n  engine: medusa\n# end\ndefaults: {}\n"],
    ["below a text that keeps its empty lines", "stores:\n- name: acme\n  title: |+\n    a\n\n", "stores:\n- name: acme\n  title: |+\n    a\n\n- name: new\n  engine: medusa\n"],
    ["to an empty list", "stores: [] # none yet\ndefaults: {}\n", "stores: # none yet\n  - name: new\n    engine: medusa\ndefaults: {}\n"],
    ["to nothing", "stores:  # none\n  # yet\n\n# end", "stores:  # none\n  # yet\n  - name: new\n    engine: medusa\n\n# end"],
    ["to null", "stores: ~", "stores:\n  - name: new\n    engine: medusa"],
    ["to a list in brackets", "stores: [ {name: a}, { name: b } ] # both\n", "stores: # both\n  - {name: a}\n  - { name: b }\n  - { name: new, engine: medusa }\n"],
    ["to brackets on many lines", "stores: [ # all\n  # first\n  {name: a,\n   plan: small}, # a\n  {name: b}, ]\n", "stores: # all\n  # first\n  - {name: a,\n    plan: small} # a\n  - {name: b}\n  - { name: new, engine: medusa }\n"],
    ["to JSON", '{"stores": [\n  {"name": "a"}\n]}\n', '{"stores": [\n  {"name": "a"},\n  { "name": "new", "engine": "medusa" }\n]}\n'],
    ["lists and maps on one line", "stores: []\n", "stores:\n  - name: new\n    domains: [a.example, b.example]\n    products: [{ name: \"Socks, grey\", price: 12.5 }]\n    labels: {}\n", { name: "new", domains: ["a.example", "b.example"], products: [{ name: "Socks, grey", price: 12.5 }], labels: {}, title: undefined }],
    ["beside one with an anchor", "stores:\n  - &a\n    name: acme\n", "stores:\n  - &a\n    name: acme\n  - name: new\n    engine: medusa\n"],
  ];
  for (const [what, before, after, entry = added] of cases) it(what, () => assert.equal(addEntry(before, entry), after));

  it("is read by the loader as what was meant", () => {
    const list = parseStores("list.yaml", addEntry(two, { name: "new", engine: "woocommerce", title: "- a: #b" }));
    assert.deepEqual(list.stores.map(({ spec }) => spec.title), ["Acme", "Cargo", "- a: #b"]);
  });

  const refusals: [what: string, text: string, entry: object, expected: { code: string; message: RegExp }][] = [
    ["a name that is taken", two, { name: "cargo" }, { code: "name-taken", message: /^6:5: there is a store "cargo" already$/ }],
    ["no name", two, { engine: "medusa" }, { code: "edit-refused", message: /has no name/ }],
    ["no map", two, [], { code: "edit-refused", message: /is no map/ }],
    ["what JSON has not", two, { name: "a", created: new Date(0) }, { code: "edit-refused", message: /JSON has not/ }],
    ["no number", two, { name: "a", price: NaN }, { code: "edit-refused", message: /JSON has not: number NaN/ }],
    ["what holds itself", two, ((it: Record<string, unknown>) => (it.self = it))({ name: "a" }), { code: "edit-refused", message: /nested too deeply/ }],
    ["a text that is not YAML", "stores: [\n", added, { code: "list-invalid", message: /^2:1: a bracket is not closed/ }],
    ["a key that is there twice", "stores: []\nstores: []\n", added, { code: "list-invalid", message: /^2:1: a duplicate key/ }],
    ["a text without stores", "defaults: {}\n", added, { code: "list-invalid", message: /there is no "stores:"/ }],
    ["stores that are no list", "stores: many\n", added, { code: "edit-refused", message: /^1:9: the stores are not a list/ }],
    ["stores that are elsewhere", "defaults: &a []\nstores: *a\n", added, { code: "edit-refused", message: /^2:9: the stores are not a list/ }],
    ["stores that are used elsewhere", "stores: &a\n  - name: b\ndefaults: *a\n", added, { code: "edit-refused", message: /the stores are not a list/ }],
    ["a text that is nested too deeply", `stores: ${"[".repeat(20_000)}`, added, { code: "list-invalid", message: /nested too deeply/ }],
    ["more than a list may be", two, { name: "new", title: "x".repeat(maxListBytes) }, { code: "edit-refused", message: /too large: 5\.0 MB/ }],
  ];
  for (const [what, text, entry, expected] of refusals) it(`refuses ${what}`, () => assert.throws(() => addEntry(text, entry), expected));
});

describe("edits of a list: changing an entry", () => {
  const one = (keys: string) => `stores:\n  - name: acme\n${keys.replace(/^(?=.)/gm, "    ")}\n  # end\n`;
  const cases: [what: string, before: string, patch: object, after: string][] = [
    ["a value, its comment kept", "plan:   small # why", { plan: "large" }, "plan:   large # why"],
    ["a value that is in quotes", "'title' : \"a # b\"  # c", { title: "d" }, "'title' : d  # c"],
    ["nothing, where the value is the same", "price: 12.50\ntags: [ a,b ]", { price: 12.5, tags: ["a", "b"], gone: null, name: "acme" }, "price: 12.50\ntags: [ a,b ]"],
    ["a key without a value", "title: # none", { title: "a" }, "title: a # none"],
    ["a value on the next line", "title: # a\n  'long\n  text' # b", { title: "c" }, "title: c # a # b"],
    ["a new key, below the others", "plan: small # x\n# country: DE", { title: "a: b" }, 'plan: small # x\ntitle: "a: b"\n# country: DE'],
    ["a key back to its default", "plan: small # x\ntitle: a", { plan: null }, "title: a"],
    ["comments above a key stay", "# size\nplan: small\n# words\ntitle: a", { plan: null }, "# size\n# words\ntitle: a"],
    ["a list in lines, as a whole", "domains: # own\n  - a # first\n  # second\n  - b # last\n  # - c\nplan: small", { domains: ["x"] }, "domains: [x] # own\n  # - c\nplan: small"],
    ["a list as deep as its key", "domains:\n- a\n- b\nplan: small", { domains: [] }, "domains: []\nplan: small"],
    ["a text in lines", "title: | # words\n  a\n  # b\n\nplan: small", { title: "c" }, "title: c # words\n\nplan: small"],
    ["a text in lines that goes", "title: >-\n  a\n  # b\n\nplan: small", { title: null }, "\nplan: small"],
    ["a key in a map", "medusa: # m\n  accent: \"#000000\" # black\n  countries: [ DE ]", { medusa: { accent: "#ffffff" } }, "medusa: # m\n  accent: \"#ffffff\" # black\n  countries: [ DE ]"],
    ["a new key in a map, and one that goes", "medusa:\n  accent: x\nplan: small", { medusa: { accent: null, shippingPrice: 5 } }, "medusa:\n  shippingPrice: 5\nplan: small"],
    ["the last key of a map", "medusa:\n  accent: x\nplan: small", { medusa: { accent: null } }, "medusa: {}\nplan: small"],
    ["the last keys of a map with comments", "medusa: # m\n  # a\n  accent: x # b\n  # c\n  d: e\nplan: small", { medusa: { accent: null, d: null } }, "medusa: {} # m\n  # a\n  # c\nplan: small"],
    ["a map that was none", "medusa:\nplan: small", { medusa: { accent: "a", gone: null } }, "medusa: { accent: a }\nplan: small"],
    ["a map in braces", "medusa: {accent: x, countries: [DE]} # m", { medusa: { accent: null, shippingPrice: 1.5 } }, "medusa: {countries: [DE], shippingPrice: 1.5} # m"],
    ["the last key in braces", "medusa: { accent: x }", { medusa: { accent: null, b: 1 } }, "medusa: { b: 1 }"],
    ["braces that are empty", "medusa: {}", { medusa: { a: [1, { b: "c, d" }] } }, 'medusa: { a: [1, { b: "c, d" }] }'],
    ["JSON stays JSON", 'medusa: {"a": "b"}', { medusa: { a: "c", d: ["e"] } }, 'medusa: {"a": "c", "d": ["e"]}'],
    ["a key in braces without a value", "medusa: { a, b: }", { medusa: { a: 1, b: 2 } }, "medusa: { a: 1, b: 2 }"],
    ["braces on many lines", "medusa: {\n  a: 1, # one\n  # two\n  b: 2 # and\n}", { medusa: { c: 3, a: null } }, "medusa: {\n  # two\n  b: 2, # and\n  c: 3\n}"],
    ["the last of many lines in braces", "medusa: {\n  a: 1, # one\n  b: 2 # two\n}", { medusa: { b: null } }, "medusa: {\n  a: 1 # one\n}"],
  ];
  for (const [what, before, patch, after] of cases) {
    it(what, () => assert.equal(patchEntry(one(before), "acme", patch), one(after)));
    it(`${what}, with CRLF`, () => {
      const crlf = (text: string) => one(text).replaceAll("\n", "\r\n");
      assert.equal(patchEntry(crlf(before), "acme", patch), crlf(after));
    });
  }

  it("the key on the dash's line goes: the next moves up", () => assert.equal(patchEntry("stores:\n- plan: small # x\n  name: acme\n", "acme", { plan: null }), "stores:\n- name: acme\n"));
  for (const eol of ["\n", "\r\n"]) {
    it(`the key on the dash's line goes, with a comment below, in lines that end with ${JSON.stringify(eol)}`, () => {
      const lines = (...all: string[]) => all.map((line) => line + eol).join("");
      assert.equal(patchEntry(lines("stores:", "- plan: small # x", "  # its name", "  name: acme"), "acme", { plan: null }), lines("stores:", "-", "  # its name", "  name: acme"));
    });
  }
  it("without a last line break, new lines are broken as the others", () => assert.equal(patchEntry("stores:\r\n- name: acme", "acme", { plan: "large" }), "stores:\r\n- name: acme\r\n  plan: large"));
  it("a key that other readers of YAML would merge is in quotes", () => {
    const after = patchEntry("stores:\n- name: a\n", "a", { "<<": 1, medusa: { "<<": 2 } });
    assert.equal(after, 'stores:\n- name: a\n  "<<": 1\n  medusa: { "<<": 2 }\n');
    assert.equal(patchEntry(after, "a", { "<<": null, medusa: null }), "stores:\n- name: a\n");
  });
  it("an entry in a list in brackets", () => assert.equal(patchEntry("stores: [{name: a}, {name: b, plan: small}]", "b", { plan: "large", x: null }), "stores: [{name: a}, {name: b, plan: large}]"));
  it("a name in quotes", () => assert.equal(patchEntry('stores: [{name: "a", plan: small}]', "a", { plan: null }), 'stores: [{name: "a"}]'));

  for (const value of nasty) {
    it(`${JSON.stringify(value).slice(0, 30)} is one line`, () => {
      for (const before of [one("title: a # b\nplan: small"), "stores: [{ name: acme, title: a }]\n", one('title: {"a": 1}')]) {
        const after = patchEntry(before, "acme", { title: value, more: [value, { [value.slice(0, 300)]: value }] });
        assert.deepEqual(storesOf(after)[0], { ...storesOf(before)[0], title: value, more: [value, { [value.slice(0, 300)]: value }] });
        assert.ok(after.split(/\r|\n/).length <= before.split("\n").length + 1);
        assert.doesNotMatch(after, /(?!\n|\u200d)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
      }
    });
  }

  const refusals: [what: string, text: string, patch: object, expected: { code: string; message: RegExp; hint?: RegExp }][] = [
    ["a store that is not there", two.replaceAll("acme", "acne"), {}, { code: "unknown-store", message: /^there is no store "acme" in the list$/, hint: /Did you mean "acne"/ }],
    ["two stores of one name", "stores:\n  - name: acme\n  - name: acme\n", {}, { code: "list-invalid", message: /^3:11: two stores have the name "acme"/ }],
    ["another name", two, { name: "other" }, { code: "edit-refused", message: /the name of the store "acme" can not be changed/ }],
    ["no name", two, { name: null }, { code: "edit-refused", message: /can not be changed/ }],
    ["no map", two, ["plan"], { code: "edit-refused", message: /is no map/ }],
    ["an anchor", one("plan: &size small"), { plan: "large" }, { code: "edit-refused", message: /^3:17: the store "acme" is written with an anchor/, hint: /by hand/ }],
    ["an anchor of the entry", "stores:\n  - &a { name: acme }\ndefaults: *a\n", {}, { code: "edit-refused", message: /^2:8: / }],
    ["an alias", `defaults: &d {a: b}\n${one("labels: *d")}`, { plan: "large" }, { code: "edit-refused", message: /^4:13: / }],
    ["a merge key", one("<<: {plan: small}"), { plan: "large" }, { code: "edit-refused", message: /^3:5: / }],
    ["a key behind a question mark, alone", one("? plan"), { plan: "large" }, { code: "edit-refused", message: /^3:7: / }],
    ["a value that would keep its tag", one("plan: { a: !!str x }"), { plan: { a: 1 } }, { code: "edit-refused", message: /^2:5: more than this would change in the list$/ }],
  ];
  for (const [what, text, patch, expected] of refusals) {
    it(`refuses ${what}`, () => assert.throws(() => patchEntry(text, "acme", patch), expected));
  }

  it("no key reaches the prototype of anything", () => {
    for (const patch of ['{"__proto__": {"polluted": true}}', '{"medusa": {"__proto__": {"polluted": true}}}', '{"medusa": [{"__proto__": null}]}']) {
      assert.throws(() => patchEntry(two, "acme", JSON.parse(patch)), { code: "edit-refused", message: 'the change has a key "__proto__"' });
      assert.throws(() => addEntry(two, { ...JSON.parse(patch), ["__proto__"]: 1, name: "x" }), { code: "edit-refused" });
    }
    const patch = JSON.parse('{"constructor": {"prototype": {"polluted": true}}, "toString": null, "hasOwnProperty": "x"}');
    assert.deepEqual({ ...storesOf(patchEntry(two, "acme", patch))[0] }, { name: "acme", engine: "medusa", constructor: { prototype: { polluted: true } }, hasOwnProperty: "x" });
    assert.equal(({} as Record<string, unknown>).polluted, undefined);
  });
});

describe("edits of a list: taking an entry out", () => {
  const cases: [what: string, before: string, name: string, after: string][] = [
    ["with the comments directly above", two, "cargo", "stores:\n  - name: acme\n    engine: medusa # why\n"],
    ["the first: what is above stays", "stores:\n  # all of them\n  - name: a\n\n  # b\n  - name: b\n", "a", "stores:\n  # all of them\n\n  # b\n  - name: b\n"],
    ["the first, and the empty line below", "stores:\n  - name: a\n\n  - name: b\n", "a", "stores:\n  - name: b\n"],
    ["of two empty lines that meet, one", "stores:\n- name: a\n\n- name: b\n\n- name: c\n", "b", "stores:\n- name: a\n\n- name: c\n"],
    ["a comment with empty lines around stays", "stores:\n- name: a\n\n# Part two\n\n- name: b\n- name: c\n", "b", "stores:\n- name: a\n\n# Part two\n\n- name: c\n"],
    ["comments below, indented as its keys", "stores:\n- name: a\n- name: b\n  # plan: small\n# c\n- name: c\n", "b", "stores:\n- name: a\n# c\n- name: c\n"],
    ["the last, without a line break", "stores:\r\n- name: a\r\n- name: b", "b", "stores:\r\n- name: a"],
    ["the only one", "stores: # s\n  # all\n  - name: a\n    # plan: small\n# end\n", "a", "stores: [] # s\n  # all\n# end\n"],
    ["the only one in brackets", "stores: [ { name: a } ] # s\n", "a", "stores: [] # s\n"],
    ["one in brackets", "stores: [ {name: a}, {name: b}, {name: c} ]", "b", "stores: [ {name: a}, {name: c} ]"],
    ["the last in brackets", "stores: [ {name: a}, {name: b}, ]", "b", "stores: [ {name: a}, ]"],
    ["JSON", '{"stores": [\n  {"name": "a"},\n  {"name": "b"}\n]}', "b", '{"stores": [\n  {"name": "a"}\n]}'],
    ["below a text that keeps its empty lines", "stores:\n- name: a\n  title: |+\n    x\n\n- name: b\n", "b", "stores:\n- name: a\n  title: |+\n    x\n\n"],
  ];
  for (const [what, before, name, after] of cases) it(what, () => assert.equal(removeEntry(before, name), after));

  it("refuses a store that is not there", () => assert.throws(() => removeEntry("stores:\n", "acme"), { code: "unknown-store" }));
  it("refuses one that others are made from, or that is made from others", () => {
    const text = "stores:\n  - name: a\n    x: &b 1\n  - { name: c, d: *b }\n";
    assert.throws(() => removeEntry(text, "a"), { code: "edit-refused", message: /^3:11: / });
    assert.throws(() => removeEntry(text, "c"), { code: "edit-refused", message: /^4:19: / });
  });
  it("refuses what would leave lines to the text above", () =>
    assert.throws(() => removeEntry("stores:\n- name: a\n  title: |+\n    x\n- name: b\n\n- name: c\n", "b"), { code: "edit-refused", message: /^5:3: more than this would change/ }));
});

describe("edits of a list: reading an entry", () => {
  it("with its comments and lines", () =>
    assert.deepEqual(entryOf(two, "cargo"), { data: { name: "cargo", engine: "medusa" }, text: "  # About cargo.\n  - name: cargo\n    engine: medusa\n", lines: [5, 7] }));
  it("in brackets", () => assert.deepEqual(entryOf("stores: [{name: a},\n {name: b}]", "b"), { data: { name: "b" }, text: "{name: b}", lines: [2, 2] }));
  it("with aliases, which only editing refuses", () => assert.deepEqual(entryOf("defaults: &d {a: b}\nstores:\n- {name: a, labels: *d}", "a").data, { name: "a", labels: { a: "b" } }));
  it("refuses a store that is not there", () => assert.throws(() => entryOf("stores: []", "a"), { code: "unknown-store" }));
});

for (const env of environmentNames()) {
  describe(`edits of a list: stores.${env}.yaml`, () => {
    const file = listFileOf(env);
    const text = readFileSync(file, "utf8");
    const entries = storesOf(text);
    const loads = (changed: string) => parseStores(file, changed).stores.map(({ spec }) => spec.name);

    it("added, then taken out: the text as it was", () => {
      const entry = { name: "new", engine: "medusa", title: "Boots, & \"more\"", medusa: { countries: ["NO"], accent: "#0a7d5c" } };
      const added = addEntry(text, entry);
      assert.equal(added, `${text}\n  - name: new\n    engine: medusa\n    title: Boots, & "more"\n    medusa: { countries: [NO], accent: "#0a7d5c" }\n`);
      assert.deepEqual(loads(added), [...entries.map(({ name }) => name), "new"]);
      assert.equal(removeEntry(added, "new"), text);
    });

    for (const entry of entries) {
      const name = entry.name as string;
      it(`${name}: a key changed and back, set and taken away`, () => {
        const [before, after] = text.split(`name: ${name}\n`) as [string, string];
        const retitled = patchEntry(text, name, { title: "Other" });
        assert.equal(retitled, `${before}name: ${name}\n${after.replace(/title: ("([^"\\]|\\.)*"|[^#\n]*[^#\s])/, "title: Other")}`);
        loads(retitled);
        const labelled = patchEntry(text, name, { suspended: true });
        loads(labelled);
        assert.equal(patchEntry(labelled, name, { suspended: null }), text);
      });

      it(`${name}: taken out, with nothing else`, () => {
        const removed = removeEntry(text, name);
        const { text: own } = entryOf(text, name);
        const [above, below] = text.split(own) as [string, string];
        assert.equal(removed.replace(/\n\n/g, "\n"), `${above}${below}`.replace(/\n{2,}/g, "\n"));
        assert.deepEqual(loads(removed), entries.map((it) => it.name).filter((it) => it !== name));
      });
    }
  });
}

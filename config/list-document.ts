import { type Document, isAlias, isMap, isPair, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument, type YAMLMap } from "yaml";
import type { ListProblem } from "./errors";
import { Lately } from "./lately";

/** A problem whose file is not named yet. */
export type PlacedProblem = Omit<ListProblem, "file">;
export type Path = readonly (string | number)[];

/** Aliases can make a small file large: what it stands for is held to this many values. */
const maxExpandedNodes = 2_000_000;
/** Far beyond any list, and far from where this process would run out of its stack: that is not the same at any two times. */
const maxDepth = 100;
const tooDeep = { message: "it is nested too deeply", repair: "a list needs no more than six levels" };

/** The library's sentences that a newcomer meets, in other words. */
const syntaxWords: [pattern: RegExp, message: string, repair: string][] = [
  [/call stack/, tooDeep.message, tooDeep.repair],
  [/^Tabs are not allowed/, "a tab in the indentation", "indent with spaces"],
  [/^Source contains multiple documents/, "a second document starts here", 'keep one list in a file: remove the "---" and what does not belong'],
  [/^Missing closing/, "a quote is not closed", "close it"],
  [/^Implicit (map )?keys? need/, "a key without colon and value", 'write it as "key: value"'],
  [/^Nested mappings are not allowed/, "a second colon on one line", "put the text in quotes, or start a new line"],
  [/must end with a|^Expected flow|must be sufficiently indented and end with/, "a bracket is not closed", "close it"],
  [/same column|^Sequence item without|^A block (sequence|collection)|indent/, "the indentation does not fit", "line it up with its neighbours"],
  [/cannot start with/, "a value starts with a character that has a meaning in YAML", "put the value in quotes"],
  [/^Unresolved tag/, 'an unknown tag (a word that starts with "!")', "remove it, or put the text in quotes"],
];

/** Reads YAML as lists are read. Unique keys are checked by `ListDocument`: the library compares each key with every other. */
export const parseYaml = (text: string, lineCounter?: LineCounter) => parseDocument(text, { lineCounter, uniqueKeys: false, prettyErrors: false, merge: false, logLevel: "error" });

/** One text is read for its own sake, and the one before to be compared with it. */
const lately = new Lately<ListDocument>(2);

/** A YAML list with the place of everything in it; the same for who asks for the same text again. Nobody changes it, nor its data. */
export const documentOf = (text: string): ListDocument => lately.of(text, () => new ListDocument(text));

/** How `documentOf` reads. */
export class ListDocument {
  private readonly lines = new LineCounter();
  private readonly document: Document.Parsed;
  private plain?: { data: unknown };
  private readonly pairs = new WeakMap<YAMLMap, Map<string, Pair>>();
  /** With any of these, there is no data to check. */
  readonly fatal: PlacedProblem[];
  readonly duplicateKeys: PlacedProblem[] = [];

  constructor(readonly text: string) {
    this.document = parseYaml(text, this.lines);
    this.fatal = this.syntaxProblems();
    if (this.fatal.length === 0) this.checkStructure();
  }

  /** What YAML itself objects to. */
  private syntaxProblems(): PlacedProblem[] {
    // One mistake often brings more at the same place or, when too deep, everywhere.
    const errors = [...this.document.errors, ...this.document.warnings];
    const outOfStack = errors.filter((error) => error.message.includes("call stack")).slice(0, 1);
    const seen = new Set<number>();
    const problems = (outOfStack.length > 0 ? outOfStack : errors)
      .filter(({ pos }) => !seen.has(pos[0]) && seen.add(pos[0]))
      .map((error) => {
        const words = syntaxWords.find(([pattern]) => pattern.test(error.message));
        return this.at(error.pos[0], { message: words?.[1] ?? `this is not YAML: ${error.message}`, repair: this.unseenAt(error.pos[0]) ?? words?.[2] ?? "mend it, or put text in quotes" });
      });
    const version = this.document.directives?.yaml;
    if (version?.explicit && version.version !== "1.2") {
      problems.push(this.at(0, { message: `a %YAML ${version.version} directive`, repair: "remove it: lists are YAML 1.2" }));
    }
    return problems;
  }

  /** Walks the tree once: fills `fatal` and `duplicateKeys`. */
  private checkStructure(): void {
    const sizes = new Map<Node, number | "open">();
    let aliases = 0;
    let deep = false;
    const visit = (node: unknown, depth = 0): number => {
      if (isAlias(node)) {
        aliases++;
        const target = node.resolve(this.document);
        if (target && sizes.get(target) !== "open") return visit(target, depth);
        const [message, repair] = target ? ["the value holds itself", "write it out"] : ["nothing is anchored by this name", `put &${node.source} before the value that is meant`];
        this.fatal.push(this.at(startOf(node) ?? 0, { value: this.source(node), message, repair }));
        return 1;
      }
      if (!isMap(node) && !isSeq(node)) return 1;
      const known = sizes.get(node);
      if (typeof known === "number") return known;
      if (depth > maxDepth) {
        if (!deep) this.fatal.push(this.at(startOf(node) ?? 0, tooDeep));
        deep = true;
        return 1;
      }
      sizes.set(node, "open");
      let size = 1;
      for (const item of node.items) size += visit(isPair(item) ? item.value : item, depth + 1);
      if (isMap(node)) this.checkKeys(node);
      sizes.set(node, size);
      return size;
    };
    if (visit(this.document.contents) > maxExpandedNodes && aliases > 0) {
      this.fatal.push(this.at(0, { message: "the aliases stand for millions of values", repair: "write values out instead of nesting aliases" }));
    }
  }

  private checkKeys(map: YAMLMap): void {
    const seen = new Map<string, number>();
    for (const { key } of map.items as Pair<Node>[]) {
      const start = startOf(key) ?? startOf(map) ?? 0;
      const name = isScalar(key) ? String(key.value) : undefined;
      const first = name === undefined ? undefined : seen.get(name);
      const value = key ? this.source(key) : undefined;
      if (name === undefined || name === "__proto__") {
        this.fatal.push(this.at(start, { value, message: "this can not be a key", repair: "write a plain word before the colon" }));
      } else if (first !== undefined) {
        this.duplicateKeys.push(this.at(start, { value, message: "a duplicate key", repair: `keep one of the two; the first is at ${this.lineAndColumn(first)}` }));
      } else {
        seen.set(name, start);
      }
    }
  }

  data(): unknown {
    return (this.plain ??= { data: this.document.toJS({ maxAliasCount: -1 }) }).data;
  }

  /** The tree, with the offsets of all in it: for who edits the text. */
  get contents() {
    return this.document.contents;
  }

  /** The problem at a path; where nothing is written there, at what should hold it. */
  atPath(path: Path, problem: { key?: true; message: string; repair: string }): PlacedProblem {
    let node: unknown = this.document.contents;
    let offset = startOf(node) ?? 0;
    let value = path.length === 0 ? this.source(node) : undefined;
    /** The key or the value that the problem is about. */
    let wrong: unknown;
    for (const [depth, step] of path.entries()) {
      const parent: unknown = isAlias(node) ? node.resolve(this.document) : node;
      const last = depth === path.length - 1;
      const pair = isMap(parent) ? this.pairOf(parent, String(step)) : undefined;
      node = isSeq(parent) ? parent.items[Number(step)] : pair?.value;
      if (pair === undefined && !isSeq(parent)) break;
      const empty = isScalar(node) && node.type === "PLAIN" && node.source === "";
      offset = (last && problem.key) || empty || node == null ? (startOf(pair?.key) ?? startOf(node) ?? offset) : (startOf(node) ?? offset);
      if (last) wrong = problem.key ? pair?.key : node;
      if (last) value = this.source(wrong);
    }
    const { message } = problem;
    const at = path.length > 0 ? offset : undefined;
    const repair = (at !== undefined && (this.unseenAt(at, wrong) ?? this.quotesAt(at, wrong) ?? this.commentAt(node, at))) || problem.repair;
    return { ...this.at(offset, { value, message, repair }), path: [...path] };
  }

  /** A character that nobody sees is what is wrong: in the key or value of a problem, or where YAML can not tell these, on its line. */
  private unseenAt(offset: number, wrong?: unknown): string | undefined {
    const range = isScalar(wrong) ? wrong.range : undefined;
    const from = range ? range[0] : this.text.lastIndexOf("\n", offset - 1) + 1;
    const end = range ? range[1] : this.text.indexOf("\n", offset);
    const line = this.text.slice(from, end < 0 ? undefined : end).replace(/[\t\r\n]/g, " ");
    const found = unseen.exec(line);
    return found ? `remove the invisible character ${visible(found[0])} at ${this.lineAndColumn(from + found.index)}, or write a plain space` : undefined;
  }

  /** Typographic quotes are part of the text to YAML. */
  private quotesAt(offset: number, wrong: unknown): string | undefined {
    const quote = isScalar(wrong) && wrong.type === "PLAIN" && /^[\u2018-\u201f\u00ab\u00bb\u2039\u203a]/.exec(String(wrong.source))?.[0];
    return quote ? `write plain quotes, such as ", in place of ${quote} at ${this.lineAndColumn(offset)}` : undefined;
  }

  /** `accent: #0a7d5c` has no value, but a comment. */
  private commentAt(node: unknown, offset: number): string | undefined {
    if (!isScalar(node) || node.value !== null || node.source !== "") return undefined;
    const comment = /^[^\n#]*:[ \t]+(#\S+)/.exec(this.text.slice(offset, offset + 500))?.[1];
    return comment && `what follows "#" is a comment: put the value in quotes, "${comment}"`;
  }

  /** `line:column` of a path's value. */
  placeOf(path: Path): string {
    const { line, column } = this.atPath(path, { message: "", repair: "" });
    return `${line}:${column}`;
  }

  lineOf(path: Path): number {
    return this.atPath(path, { message: "", repair: "" }).line;
  }

  /** An unquoted scalar as written, such as 007, which is text for people and a number for YAML. */
  plainSource(path: Path): string | undefined {
    const node = this.document.getIn([...path], true);
    return isScalar(node) && node.type === "PLAIN" ? node.source : undefined;
  }

  private pairOf(map: YAMLMap, key: string): Pair | undefined {
    let pairs = this.pairs.get(map);
    if (!pairs) {
      pairs = new Map((map.items as Pair[]).map((pair) => [isScalar(pair.key) ? String(pair.key.value ?? "") : "", pair]));
      this.pairs.set(map, pairs);
    }
    return pairs.get(key);
  }

  /** The source of a value on one line, shortened; absent for what spans blocks. */
  private source(node: unknown): string | undefined {
    const range = (node as Node | undefined)?.range;
    if (!range || ((isMap(node) || isSeq(node)) && !node.flow)) return undefined;
    const source = this.text.slice(range[0], Math.min(range[1], range[0] + 200)).trim().replace(/[ \t\r\n]+/g, " ");
    if (source === "") return undefined;
    const shown = source.length > 60 ? `${source.slice(0, 59)}…` : source;
    return visible(shown);
  }

  /** `line:column` of an offset. */
  lineAndColumn(offset: number): string {
    const { line, col: column } = this.lines.linePos(offset);
    return `${line}:${column}`;
  }

  private at(offset: number, words: { value?: string; message: string; repair: string }): PlacedProblem {
    const { line, col } = this.lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1), path: [], ...words };
  }
}

/** What nobody sees, and spaces that are none to YAML, by their numbers. */
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u;
const visible = (text: string) => text.replace(new RegExp(unseen, "gu"), (character) => `<U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}>`);

const startOf = (node: unknown) => (node as Node | undefined | null)?.range?.[0];

/** Random numbers that a seed repeats (mulberry32). */
export function randomFrom(seed: number) {
  let state = seed;
  const below = (limit: number) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
  return { below, chance: (percent: number) => below(100) < percent, pick: <T>(items: readonly T[]): T => items[below(items.length)]! };
}
export type Random = ReturnType<typeof randomFrom>;

/** Text that YAML or a terminal would take for something else. */
export const nasty = [
  "- a", "a: b", "#x", "a #b", "null", "~", "true", "no", "0x1f", "007", "1e3", ".5", "-", "?", "? a", ": a", "a:", "'\"`", "'", '"', "${HOME}", "$(id)", "a\nb", "a\n\n  b\n", "\n", "\ta", "a\t",
  "a\u2028b", "a\u2029", "\u0085x", "trailing  ", "  leading", " ", "", "---", "--- a", "...", "%YAML 1.1", "😀", "👩\u200d💻", "\u202eabc", "\ufeffx", "\u00a0", "a\u00a0", "\ud800", "\u0000", "\u0007bell", "\u007f", "\u001b[31m", "\r", "a\r\nb",
  "&a", "*a", "!!str a", "!x", "|", ">", "@a", "`a", "[", "]", "{", "}", ",", "a, b", "{a: b}", "[a]", "<<", "=", "\\n", "\\", "<b>&amp;</b>", "ä€", "2026-01-01", "x".repeat(3_000), "word ".repeat(400), `"${"é\n".repeat(50)}`,
] as const;

/** Lines of one key, without breaks; what is written for it, and the lines of the keys below it. */
interface Written {
  key: string;
  lines: string[];
  inner?: Written[];
}
export interface WrittenEntry {
  name: string;
  /** Its own lines: comments above, if it is not the first, its keys, and comments below that are indented as these. */
  text: string;
  keys: Written[];
}
export interface RandomList {
  text: string;
  /** What is above the entries, between them, and below: one more than there are entries. */
  around: string[];
  entries: WrittenEntry[];
  eol: string;
}

const words = ["boots", "Acme & Co", "blue bird", "it's", "x1", "shop.example.com", "a-b", "Zoë", "100%", "c++"];
const quote = (text: string) => `'${text.replaceAll("'", "''")}'`;

/** A list of one to five stores, written in any way that a person may. */
export function randomList(random: Random): RandomList {
  const { below, chance, pick } = random;
  const eol = chance(30) ? "\r\n" : "\n";
  const dash = pick([0, 2, 2, 4, 1]);
  const step = pick([1, 2, 2, 2, 4]);
  const pad = (columns: number) => " ".repeat(columns);
  const trailing = () => (chance(15) ? pick([" # why", "  ", " \t", "   # - name: x", " #"]) : "");
  const comment = (column: number) => pad(column) + pick(["# a comment", "#", "# - name: none", "# key: value", "#! ä"]);
  const scalar = () => pick([() => pick(words), () => JSON.stringify(pick(words)), () => quote(pick(words)), () => pick(["12.50", "0x1f", "true", "null", "~", "007", '"a\\nb"'])])();
  const flow = (depth: number): string => {
    const space = pick(["", " "]);
    const inside = () => (depth > 0 && chance(30) ? flow(depth - 1) : scalar());
    const items = [...Array(below(4)).keys()];
    const comma = pick([", ", ","]);
    if (chance(50)) return `[${items.map(() => `${space}${inside()}`).join(comma)}${space}]`;
    return items.length === 0 ? "{}" : `{${space}${items.map((n) => `${chance(30) ? `"k${n}"` : `k${n}`}: ${inside()}`).join(comma)}${space}}`;
  };
  const longText = (column: number): string[] => {
    const below = pad(column + step);
    return pick([
      () => [`${pick(["|", "|-", ">", ">-"])}${chance(20) ? " # text" : ""}`, `${below}first line`, `${below}# no comment`, ...(chance(30) ? ["", `${below}  deeper`] : []), `${below}last`],
      () => ["plain words", `${below}that go on`, ...(chance(30) ? ["", `${below}and on`] : [])],
      () => ['"quoted words', `${below}that go on \\`, `${below}here"${trailing()}`],
      () => ["'single words", `${below}- that go on'`],
    ])();
  };
  /** A key at a column, with what it holds. */
  const keyAt = (key: string, column: number, kind: "any" | "map" | "list"): Written => {
    const written = chance(15) ? pick([`"${key}"`, `'${key}'`]) : key;
    const start = `${pad(column)}${written}${chance(5) ? " " : ""}:`;
    const inner = column + step;
    if (kind === "map" && chance(60)) {
      const keys = ["accent", "timezone", "countries", "shippingPrice"].slice(0, 1 + below(4)).map((name) => keyAt(name, inner, "any"));
      return { key, inner: keys, lines: [start + trailing(), ...keys.flatMap(({ lines }) => [...(chance(10) ? [comment(inner)] : []), ...lines])] };
    }
    if (kind === "list" && chance(60)) {
      const at = chance(30) ? column : inner;
      const items = [...Array(1 + below(3)).keys()].flatMap(() => {
        const item = chance(40) ? [`${pad(at)}- name: ${scalar()}${trailing()}`, `${pad(at + 2)}price: ${scalar()}`] : [`${pad(at)}- ${chance(30) ? flow(1) : scalar()}${trailing()}`];
        return chance(15) ? [comment(at), ...item] : item;
      });
      return { key, lines: [start + trailing(), ...items] };
    }
    if (kind !== "any") return { key, lines: [`${start} ${flow(1)}${trailing()}`] };
    if (chance(25)) {
      const [first, ...rest] = longText(column);
      return { key, lines: [`${start} ${first}`, ...rest] };
    }
    if (chance(8)) return { key, lines: [start + trailing()] };
    if (chance(8)) return { key, lines: [start + trailing(), `${pad(inner)}${scalar()}${trailing()}`] };
    return { key, lines: [`${start}${pad(1 + below(3))}${scalar()}${trailing()}`] };
  };

  const spaced = chance(50);
  const between = () => [...(spaced || chance(10) ? [""] : []), ...(chance(8) ? ["", comment(dash), ""] : [])];
  /** @param apart an empty line is above: else comments that are indented as keys are the entry's above */
  const entry = (index: number, apart: boolean): WrittenEntry & { lines: string[] } => {
    const name = `shop-${index}`;
    const above = index > 0 && chance(40) ? [...Array(1 + below(2)).keys()].map((at) => comment(pick([dash, 0, at > 0 || apart ? dash + 2 : dash]))) : [];
    if (chance(30)) {
      const pairs = [`name: ${name}`, ...(chance(60) ? [`title: ${scalar()}`] : []), ...(chance(50) ? [`medusa: ${flow(1)}`] : []), ...(chance(50) ? [`"domains": ${flow(0)}`] : [])];
      const lines = chance(70)
        ? [`${pad(dash)}- {${pick([" ", ""])}${pairs.join(", ")}${pick([" ", "", ", "])}}${trailing()}`]
        : [`${pad(dash)}- {`, ...pairs.map((pair, at) => `${pad(dash + 4)}${pair}${at < pairs.length - 1 || chance(30) ? "," : ""}${trailing()}`), `${pad(dash + 2)}}${trailing()}`];
      return { name, text: "", keys: [], lines: [...above, ...lines] };
    }
    const column = dash + pick([2, 2, 2, 4]);
    const some = (keys: [string, "any" | "map" | "list"][]) => keys.filter(() => chance(45)).map(([key, kind]) => keyAt(key, column, kind));
    const named: Written = { key: "name", lines: [`${pad(column)}name: ${pick([name, `"${name}"`, quote(name)])}${trailing()}`] };
    const keys = [...(chance(25) ? some([["plan", "any"], ["woocommerce", "map"]]) : []), named, ...some([["engine", "any"], ["title", "any"], ["medusa", "map"], ["domains", "list"], ["products", "list"], ["labels", "map"], ["country", "any"]])];
    const lines = keys.flatMap(({ lines: own }, at) => [...(at > 0 && chance(12) ? [comment(pick([column, dash]))] : []), ...(at > 0 && chance(6) ? [""] : []), ...own]);
    const first = lines[0]!;
    const head = chance(5) ? [`${pad(dash)}-${trailing()}`, first] : [`${pad(dash)}-${first.slice(dash + 1)}`];
    const under = chance(12) ? [comment(column)] : [];
    return { name, text: "", keys, lines: [...above, ...head, ...lines.slice(1), ...under] };
  };

  const betweens = [...Array(below(5)).keys()].map(between);
  const entries = [false, ...betweens.map((lines) => lines.length > 0)].map((apart, index) => entry(index, apart));
  const header = [...(chance(30) ? ["# yaml-language-server: $schema=x", ""] : []), ...(chance(10) ? ["---"] : []), ...(chance(50) ? ["defaults: # all", "  plan: small", `  title: ${scalar()}`, ""] : [])];
  const intro = [`${chance(10) ? '"stores"' : "stores"}:${trailing()}`, ...(chance(25) ? [comment(dash)] : []), ...(chance(10) ? [""] : [])];
  const footer = chance(25) ? pick([[""], ["", comment(0)], ["", "", comment(dash + 2), "defaults2: {}"], ["defaults2:", "  a: b"], ["# end"]]) : [];
  const around = [[...header, ...intro], ...betweens, footer];
  const joined = (lines: string[]) => lines.map((line) => line + eol).join("");
  const bom = chance(5) ? "\ufeff" : "";
  const texts = around.map((lines, at) => (at === 0 ? bom : "") + joined(lines));
  const written = entries.map(({ lines, name, keys }) => ({ name, keys, text: joined(lines) }));
  const open = chance(15);
  if (open && footer.length > 0) texts[texts.length - 1] = texts.at(-1)!.slice(0, -eol.length);
  else if (open) written.at(-1)!.text = written.at(-1)!.text.slice(0, -eol.length);
  return { text: texts.map((part, at) => part + (written[at]?.text ?? "")).join(""), around: texts, entries: written, eol };
}

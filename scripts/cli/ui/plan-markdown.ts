import { stripVTControlCharacters } from "node:util";
import { planMarker } from "../../operations/ci/note";
import { isWhole, type PlannedStore } from "../../operations/plan";
import { alike, concerns, kindOf, linesOf, mostNames, rowsOf, someOf } from "./plan-words";

/** GitHub takes 65,536 characters, GitLab a million. */
const limit = 60_000;
const longestCell = 300;
const longestLine = 200;
/** Characters for what says that something was left out. */
const reserve = 200;

/**
 * A plan as a comment for a pull request: what destroys first and whole, then a line for each store, then resources and values, as far as
 * there is room. Of a thousand deletions the names have room. Titles and messages are foreign text: nothing of them is mark-up.
 */
export function planMarkdown({ env, stores }: { env: string; stores: PlannedStore[] }): string {
  const shown = stores.filter(({ action }) => action !== "unchanged");
  const parts = [
    // A pipeline finds its comment by this, and writes it anew.
    planMarker(env),
    `### ${env}: ${totals(stores)}`,
    ...(isWhole(stores) ? [] : ["**This is no whole plan**: some stores could not be looked at."]),
    ...destruction(shown),
  ];
  const room = () => limit - reserve - parts.join("\n\n").length;
  const rows = fitting(rowsOf(shown).map((row) => `| ${row.map(cell).join(" | ")} |`), room() - 100);
  if (rows.kept.length > 0) parts.push(["| Store | Action | What |", "|---|---|---|", ...rows.kept].join("\n"));
  if (rows.left > 0) parts.push(`…and ${rows.left} more lines, which \`stores plan\` prints.`);
  const details = fitting(alike(shown, (store) => linesOf(store).join("\n")).flatMap(detail), room());
  parts.push(...details.kept);
  if (details.left > 0 && rows.left === 0) parts.push(`Of ${details.left} more, \`stores plan --diff\` prints resources and values.`);
  return `${parts.join("\n\n")}\n`;
}

function totals(stores: PlannedStore[]): string {
  const counts = new Map<string, number>();
  for (const { action } of stores) counts.set(action, (counts.get(action) ?? 0) + 1);
  // What is lost stands first.
  const order = ["delete", "refused", "create", "update", "upgrade", "orphan", "protected", "unchanged"];
  return order.filter((action) => counts.has(action)).map((action) => `${counts.get(action)} ${action}`).join(", ") || "no stores";
}

/** Whatever goes with data, or is made anew in place of something that runs; a catalogue and a Job come and go. */
function destruction(stores: PlannedStore[]): string[] {
  const names = (of: PlannedStore[]) => of.map(({ name }) => `\`${name.replaceAll("`", "")}\``).join(", ");
  const deleted = stores.filter(({ action }) => action === "delete");
  const replaced = new Map<string, PlannedStore[]>();
  for (const store of stores) {
    const kinds = new Set(store.resources.filter((it) => concerns(it) && /delete|replace/.test(it.op) && !["ConfigMap", "Job"].includes(kindOf(it))).map(kindOf));
    for (const kind of kinds) replaced.set(kind, [...(replaced.get(kind) ?? []), store]);
  }
  return [
    ...(deleted.length > 0 ? [`**Deleted, with all data:** ${names(deleted)}`] : []),
    ...[...replaced].map(([kind, of]) => `**${kind} is replaced or goes:** ${of.length > mostNames ? `${of.length} stores` : names(of)}`),
  ];
}

function detail(stores: PlannedStore[]): string[] {
  const lines = linesOf(stores[0]!).map((line) => stripVTControlCharacters(line).replace(/[\r\n]+/g, " ")).map((line) => (line.length > longestLine ? `${line.slice(0, longestLine)}…` : line));
  if (lines.length === 0) return [];
  const text = lines.join("\n");
  // A fence that nothing in it can end.
  const fence = "`".repeat(Math.max(3, ...[...text.matchAll(/`+/g)].map(([run]) => run.length + 1)));
  const names = stores.length > mostNames ? `${stores.length} stores: ${someOf(stores)}` : stores.map(({ name }) => name).join(", ");
  return [`<details><summary>${cell(names)}</summary>\n\n${fence}\n${text}\n${fence}\n\n</details>`];
}

/** As many of them from the first on as there is room for. */
function fitting(texts: string[], room: number): { kept: string[]; left: number } {
  let used = 0;
  const end = texts.findIndex((text) => (used += text.length + 2) > room);
  const kept = end < 0 ? texts : texts.slice(0, end);
  return { kept, left: texts.length - kept.length };
}

/** Text in which nothing is mark-up, a mention or the end of a cell. */
function cell(text: string): string {
  const plain = stripVTControlCharacters(text).replace(/\s+/g, " ");
  const short = plain.length > longestCell ? `${plain.slice(0, longestCell)}…` : plain;
  return short.replace(/[\\`*_{}[\]<>|@#~&!]/g, (character) => `&#${character.charCodeAt(0)};`).replace(/\b(https?):\/\//g, "$1&#58;//");
}

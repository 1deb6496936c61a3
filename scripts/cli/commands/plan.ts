import { writeFileSync } from "node:fs";
import type { Command } from "commander";
import { UserError } from "../../../config/errors";
import { firstLine } from "../../../config/first-line";
import { fromProject, shellWord, storesCommand } from "../../../config/stores-command";
import { isChanging, plan, type Changes, type Plan, type PlannedStore } from "../../operations/plan";
import { exitCodes, listening, note, print, printAnswer, wholeNumber, withCommon, type Common } from "../common";
import { out } from "../ui/colours";
import { table } from "../ui/table";

type PlannedResource = PlannedStore["resources"][number];

interface PlanFlags extends Common {
  prune: boolean;
  skip: boolean;
  diff?: boolean;
  detailedExitcode?: boolean;
  out?: string;
  concurrency?: number;
}

export function planCommand(program: Command): void {
  withCommon(program.command("plan"))
    .description("show what apply would change in the whole fleet")
    .argument("[names...]", "only these stores")
    .option("--prune", "count stores that left the list as deletions", false)
    .option("--no-skip", "look into unchanged stores too")
    .option("--diff", "every resource of every store with the values that change, not only what changes alike")
    .option("--detailed-exitcode", "exit with 0: nothing to do, 2: changes, 1: error")
    .option("--out <file>", "save the plan; `stores apply --plan FILE` does exactly that, or refuses")
    .option("--concurrency <n>", "stores at a time", wholeNumber("--concurrency", 1))
    .action(async (names: string[], flags: PlanFlags) => {
      const planned = await listening((listener) => plan(flags, { ...flags, names, skipUnchanged: flags.skip }, listener));
      const { env, stores, toSave } = planned;
      if (flags.json) printAnswer("plan", { env, stores });
      else printPlan(stores, ["apply", ...names, ...(flags.prune ? ["--prune"] : [])].join(" "), flags.diff ?? false);
      if (flags.out) save(flags.out, toSave);
      process.exitCode ??= exitCodeOf(stores, flags.detailedExitcode ?? false);
    });
}

function exitCodeOf(planned: PlannedStore[], detailed: boolean): number {
  if (planned.some(({ error }) => error)) return exitCodes.failed;
  if (planned.some(({ action }) => action === "refused")) return exitCodes.refused;
  return detailed && planned.some(isChanging) ? exitCodes.changes : 0;
}

function save(file: string, plan: Plan["toSave"]): void {
  if (!plan) return note(`not saved: a plan holds all of its stores, or is none; ${file} was not written`);
  try {
    writeFileSync(file, `${JSON.stringify(plan, null, 2)}\n`);
  } catch (error) {
    throw new UserError(`the plan can not be saved: ${(error as Error).message}`);
  }
  note(`saved: ${storesCommand(`apply --plan ${shellWord(fromProject(file))}`)}`);
}

function printPlan(planned: PlannedStore[], next: string, diff: boolean): void {
  const rows = planned.map(({ name, action, changes, reason, looked, error }) => [
    name, action, error ? firstLine(error) : (reason ?? (looked ? describe(action, changes) : "not looked at")),
  ]);
  print(rows.length === 0 ? "no stores: the list is empty and nothing runs" : table(["STORE", "ACTION", "RESOURCES"], rows));
  for (const line of diff ? everyChange(planned) : alikeChanges(planned)) print(line);
  const count = planned.filter(isChanging).length;
  const missed = planned.filter(({ looked }) => !looked).length;
  if (missed > 0) return print(`\nThis is no whole plan: of ${planned.length} stores ${missed} could not be looked at.`);
  print(count === 0 ? "\nNothing to do." : `\n${count} of ${planned.length} stores would change: ${storesCommand(next)}`);
}

const wordsOf = ({ op, type, name, diffs }: PlannedResource) => `${op} ${type.split(":").at(-1)} ${name}${diffs.length > 0 ? ` (${diffs.join(", ")})` : ""}`;

const signOf = ({ op }: PlannedResource) => (op.startsWith("create") ? out.green("+") : op.startsWith("delete") ? out.red("-") : out.yellow("~"));

/** A line for each resource of each store, and below it one for each value that changes. */
export function everyChange(planned: PlannedStore[]): string[] {
  return planned.flatMap(({ name, resources }) => resources.flatMap((resource) => [`  ${signOf(resource)} ${name}: ${wordsOf(resource)}`, ...valuesOf(resource)]));
}

const valuesOf = ({ values, moreValues }: PlannedResource) => [
  ...values.map(({ path, from, to }) => `      ${path}: ${from === undefined && to === undefined ? "(not shown)" : `${from ?? out.dim("none")} → ${to ?? out.dim("none")}`}`),
  ...(moreValues > 0 ? [`      and ${moreValues} more`] : []),
];

const mostNames = 4;

/** A line for each set of equal changes, however many stores have them; of a store that comes or goes as a whole the table says enough. */
export function alikeChanges(planned: PlannedStore[]): string[] {
  const groups = new Map<string, string[]>();
  for (const { name, action, resources } of planned) {
    const words = resources.map(wordsOf).join(", ");
    if (action === "update" && words) groups.set(words, [...(groups.get(words) ?? []), name]);
  }
  return [...groups].map(([words, names]) => {
    const some = names.slice(0, mostNames).join(", ");
    const who = names.length === 1 ? some : `${names.length} stores (${names.length > mostNames ? `${some}, …` : some})`;
    return `  ${out.yellow("~")} ${who}: ${words}`;
  });
}

function describe(action: string, changes: Changes): string {
  if (action === "delete") return "everything";
  if (action === "orphan") return "left the list; kept (plan --prune counts it as a deletion)";
  if (action === "protected") return "left the list; protected, so kept";
  const parts = Object.entries(changes).filter(([, count]) => count > 0);
  return parts.map(([kind, count]) => `${count} to ${kind}`).join(", ") || "no difference";
}

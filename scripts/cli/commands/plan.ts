import { writeFileSync } from "node:fs";
import type { Command } from "commander";
import { UserError } from "../../../config/errors";
import { fromProject, shellWord, storesCommand } from "../../../config/stores-command";
import { isChanging, plan, type Plan, type PlannedStore } from "../../operations/plan";
import { exitCodes, fleetCommand, listening, note, print, printAnswer, wholeNumber, type Common } from "../common";
import { planMarkdown } from "../ui/plan-markdown";
import { everyChange, rowsOf } from "../ui/plan-words";
import { table } from "../ui/table";

interface PlanFlags extends Common {
  prune: boolean;
  skip: boolean;
  diff?: boolean;
  detailedExitcode?: boolean;
  out?: string;
  markdown?: string;
  concurrency?: number;
}

export function planCommand(program: Command): void {
  fleetCommand(program, "plan")
    .description("show what apply would change in the whole fleet")
    .argument("[names...]", "only these stores")
    .option("--prune", "count stores that left the list as deletions", false)
    .option("--no-skip", "look into unchanged stores too")
    .option("--diff", "every resource that changes as well, and its values")
    .option("--detailed-exitcode", "exit with 0: nothing to do, 2: changes, 1: error")
    .option("--out <file>", "save the plan; `stores apply --plan FILE` does exactly that, at the same commit and within three days, or refuses")
    .option("--markdown <file>", "write it as a comment for a pull request, of at most 60,000 characters; deletions are never cut")
    .option("--concurrency <n>", "stores at a time", wholeNumber("--concurrency", 1))
    .action(async (names: string[], flags: PlanFlags) => {
      const planned = await listening((listener) => plan(flags, { ...flags, names, skipUnchanged: flags.skip, save: flags.out !== undefined }, listener));
      const { env, stores, toSave } = planned;
      if (flags.json) printAnswer("plan", { env, stores });
      else printPlan(stores, ["apply", ...names, ...(flags.prune ? ["--prune"] : [])].join(" "), flags.diff ?? false);
      if (flags.markdown) write(flags.markdown, planMarkdown({ env, stores }), "the comment");
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
  write(file, `${JSON.stringify(plan, null, 2)}\n`, "the plan");
  note(`saved: ${storesCommand(`apply --plan ${shellWord(fromProject(file))}`)}`);
}

function write(file: string, text: string, what: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new UserError(`${what} can not be saved: ${(error as Error).message}`);
  }
}

function printPlan(planned: PlannedStore[], next: string, diff: boolean): void {
  const shown = planned.filter(({ action }) => action !== "unchanged");
  const idle = planned.length - shown.length;
  if (planned.length === 0) print("no stores: the list is empty and nothing runs");
  if (shown.length > 0) print(table(["STORE", "ACTION", "WHAT"], rowsOf(shown)));
  if (shown.length > 0 && idle > 0) print(`and ${idle} unchanged`);
  if (diff) for (const line of everyChange(shown)) print(line);
  for (const { name, needs = [] } of shown) for (const { fault } of needs) if (fault !== undefined) print(`\n${name} can not be applied before somebody writes what it needs: ${fault}`);
  const count = planned.filter(isChanging).length;
  const missed = planned.filter(({ looked }) => !looked).length;
  if (missed > 0) return print(`\nThis is no whole plan: of ${planned.length} stores ${missed} could not be looked at.`);
  if (count > 0) return print(`\n${count} of ${planned.length} stores would change: ${storesCommand(next)}`);
  print(shown.length === 0 && idle > 0 ? `Nothing to do: ${idle} stores unchanged.` : "\nNothing to do.");
}

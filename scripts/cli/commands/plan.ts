import { writeFileSync } from "node:fs";
import type { Command } from "commander";
import { UserError } from "../../../config/errors";
import { firstLine } from "../../../config/first-line";
import { fromProject, shellWord, storesCommand } from "../../../config/stores-command";
import { causesInWords, isChanging, isFrameOrNote, plan, type Plan, type PlannedStore } from "../../operations/plan";
import { exitCodes, listening, note, print, printAnswer, wholeNumber, withCluster, withCommon, type Common } from "../common";
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
  withCluster(withCommon(program.command("plan")))
    .description("show what apply would change in the whole fleet")
    .argument("[names...]", "only these stores")
    .option("--prune", "count stores that left the list as deletions", false)
    .option("--no-skip", "look into unchanged stores too")
    .option("--diff", "every resource that changes as well, and its values")
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
  const shown = planned.filter(({ action }) => action !== "unchanged");
  const idle = planned.length - shown.length;
  if (planned.length === 0) print("no stores: the list is empty and nothing runs");
  if (shown.length > 0) print(table(["STORE", "ACTION", "WHAT"], rowsOf(shown)));
  if (shown.length > 0 && idle > 0) print(`and ${idle} unchanged`);
  if (diff) for (const line of everyChange(shown)) print(line);
  const count = planned.filter(isChanging).length;
  const missed = planned.filter(({ looked }) => !looked).length;
  if (missed > 0) return print(`\nThis is no whole plan: of ${planned.length} stores ${missed} could not be looked at.`);
  if (count > 0) return print(`\n${count} of ${planned.length} stores would change: ${storesCommand(next)}`);
  print(shown.length === 0 && idle > 0 ? `Nothing to do: ${idle} stores unchanged.` : "\nNothing to do.");
}

/** More stores than this with equal words share a line. */
const mostNames = 4;

/** A line for each store, but one for many that are told alike. */
export function rowsOf(planned: PlannedStore[]): string[][] {
  return alike(planned, (store) => `${store.action}\0${whatOf(store)}`).flatMap((stores) => {
    const row = (name: string, more = "") => [name, stores[0]!.action, whatOf(stores[0]!) + more];
    return stores.length <= mostNames ? stores.map(({ name }) => row(name)) : [row(`${stores.length} stores`, `: ${someOf(stores)}`)];
  });
}

function whatOf({ action, engine, plan, url, why, resources, reason, looked, error }: PlannedStore): string {
  if (error) return firstLine(error);
  if (reason !== undefined) return reason;
  if (!looked) return "not looked at";
  if (action === "create") return `${engine} ${plan}, ${url}`;
  if (action === "delete") return "everything, with all data";
  if (action === "orphan") return "left the list; kept (plan --prune counts it as a deletion)";
  if (action === "protected") return "left the list; protected, so kept";
  return [causesInWords(why), resources.length === 0 ? "no difference" : `(${touched(resources)})`].filter(Boolean).join(" ");
}

/** Kinds of what is touched, by what is done with them: `Release, 2 ConfigMap; creates Job`. */
function touched(resources: PlannedResource[]): string {
  const kinds = new Map<string, Map<string, number>>();
  for (const resource of resources.filter(concerns)) {
    const [op, kind] = [resource.op === "update" ? "" : `${resource.op}s `, kindOf(resource)];
    const counts = kinds.get(op) ?? new Map<string, number>();
    kinds.set(op, counts.set(kind, (counts.get(kind) ?? 0) + 1));
  }
  return [...kinds].map(([op, counts]) => op + [...counts].map(([kind, count]) => (count > 1 ? `${count} ${kind}` : kind)).join(", ")).join("; ") || "nothing but its receipt";
}

/** A replacement is one thing, not the three that Pulumi makes of it; frames and notes are nobody's business. */
const concerns = (resource: PlannedResource) => !["create-replacement", "delete-replaced"].includes(resource.op) && !isFrameOrNote(resource);

const kindOf = ({ type }: PlannedResource) => type.split(":").at(-1) ?? type;
const signOf = ({ op }: PlannedResource) => (op === "create" ? out.green("+") : op === "delete" ? out.red("-") : out.yellow("~"));

/** A line for each resource, and below it one for each value that changes; once for stores that change alike. */
export function everyChange(planned: PlannedStore[]): string[] {
  const linesOf = ({ resources }: PlannedStore) => resources.filter(concerns).flatMap((resource) => [`  ${signOf(resource)} ${resource.op} ${kindOf(resource)} ${resource.name}`, ...valuesOf(resource)]);
  return alike(planned, (store) => linesOf(store).join("\n")).flatMap((stores) => {
    const lines = linesOf(stores[0]!);
    return lines.length === 0 ? [] : ["", stores.length > mostNames ? `${stores.length} stores: ${someOf(stores)}` : stores.map(({ name }) => name).join(", "), ...lines];
  });
}

const valuesOf = ({ values, moreValues }: PlannedResource) => [
  ...values.map(({ path, from, to }) => `      ${path}: ${from === undefined && to === undefined ? "(not shown)" : `${from ?? "none"} → ${to ?? "none"}`}`),
  ...(moreValues > 0 ? [`      and ${moreValues} more`] : []),
];

/** Those that are told alike, together; in the order of the first of them. */
function alike(planned: PlannedStore[], words: (store: PlannedStore) => string): PlannedStore[][] {
  const groups = new Map<string, PlannedStore[]>();
  for (const store of planned) groups.set(words(store), [...(groups.get(words(store)) ?? []), store]);
  return [...groups.values()];
}

const someOf = (stores: PlannedStore[]) => [...stores.slice(0, mostNames).map(({ name }) => name), "…"].join(", ");

import { Option, type Command } from "commander";
import { storesCommand } from "../../../config/stores-command";
import { apply, applyPlan, causesInWords, type Applied, type AppliedStore } from "../../operations/apply";
import { rolloutInWords } from "../../operations/rollout/summary";
import { exitCodes, fleetCommand, listening, note, print, printAnswer, printOperation, wholeNumber, type Common } from "../common";
import { asking } from "../ui/deletion";
import { mostNames } from "../ui/plan-words";
import { duration, table } from "../ui/table";
import { shortened } from "./status";

interface ApplyFlags extends Common {
  plan?: string;
  prune: boolean;
  maxDeletes: number;
  yes?: boolean;
  backup: boolean;
  concurrency?: number;
  skip: boolean;
  adopt?: boolean;
  drawPasswords?: boolean;
  wait: boolean;
}

export function applyCommand(program: Command): void {
  fleetCommand(program, "apply")
    .description("bring the fleet to what the list says; deletes nothing unless --prune is given")
    .argument("[names...]", "only these stores")
    .addOption(new Option("--plan <file>", "do what a saved plan says, or refuse").conflicts(["prune", "skip"]))
    .option("--prune", "delete stores that left the list, but never protected ones", false)
    .option("--max-deletes <n>", "refuse to prune more stores than this", wholeNumber("--max-deletes", 0), 3)
    .option("--no-backup", "save nothing before stores are deleted, where the environment keeps backups")
    .option("--yes", "delete without asking")
    .option("--concurrency <n>", "stores at a time", wholeNumber("--concurrency", 1))
    .option("--no-skip", "run Pulumi for unchanged stores too")
    .option("--adopt", "keep the passwords that the named stores run with, where this backend's state is not theirs or was lost")
    .option("--draw-passwords", "generate passwords for the named stores that had them from outside until now")
    .option("--no-wait", "leave while a wave of a roll-out bakes, with exit code 4; the next apply goes on with it")
    .action(async (names: string[], { plan, skip, yes, wait, ...flags }: ApplyFlags, command: Command) => {
      const env = command.getOptionValueSource("env") === "cli" ? flags.env : undefined;
      const applied = await listening((listener) =>
        plan === undefined
          ? apply(flags, { ...flags, names, skipUnchanged: skip, rollout: { noWait: !wait } }, asking(yes), listener)
          : applyPlan(plan, { env, file: flags.file, context: flags.context, names }, { ...flags, rollout: { noWait: !wait } }, listener),
      );
      reportApplied("apply", flags, applied);
    });
}

/** What was done with each store, how the roll-out stands, and the exit code of that. */
export function reportApplied(command: "apply" | "suspend" | "resume" | "upgrade", { json }: Common, applied: Applied, nothing = "no stores: the list is empty"): void {
  const { stores, rollout, operation } = applied;
  if (json) printAnswer(command, applied);
  else {
    if (stores.length > 0) printSummary(stores);
    else if (!rollout) print(nothing);
    if (rollout) note(`\n${rolloutInWords(rollout)}`);
    printOperation(operation);
  }
  process.exitCode ??= exitCodeOf(applied);
}

/** A refusal counts as one while nothing else was done. */
function exitCodeOf({ stores, rollout }: Pick<Applied, "stores" | "rollout">): number {
  const some = (...results: AppliedStore["result"][]) => stores.some(({ result }) => results.includes(result));
  if (some("failed", "cancelled", "not started") || rollout?.state === "halted") return exitCodes.failed;
  if (some("refused")) return some("created", "updated", "deleted") ? exitCodes.failed : exitCodes.refused;
  return some("deferred", "sick") || rollout?.state === "running" ? exitCodes.unfinished : 0;
}

function printSummary(applied: AppliedStore[]): void {
  const idle = applied.filter(({ result }) => result === "unchanged").length;
  const kept = applied.filter(({ result }) => result === "deferred" || result === "held");
  const shown = kept.length > mostNames ? kept : [];
  const busy = applied.filter((it) => it.result !== "unchanged" && !shown.includes(it));
  if (busy.length + shown.length === 0) return print(`Nothing to do: ${idle} stores unchanged.`);
  const rows = busy.map(({ name, result, seconds, error, repairs, action, why }) => {
    const told = [causesInWords(why), ...(repairs.length > 0 ? [`(${repairs.join("; ")})`] : [])].filter(Boolean).join(" ");
    const remark = ["refused", "deferred", "held"].includes(result) ? (error ?? "") : error ? shortened(error) : result === "kept" ? `${action}: left the list${action === "protected" ? `; ${storesCommand(`destroy ${name}`)} says how to let go of it` : ""}` : told;
    return [name, result, seconds > 0 ? duration(seconds) : "", remark];
  });
  if (rows.length > 0) print(table(["STORE", "RESULT", "TIME", ""], rows));
  if (shown.length > 0) print(`${rows.length > 0 ? "and " : ""}${shown.length} keep the release that they have: ${shown[0]!.error}`);
  if (idle > 0) print(`and ${idle} unchanged`);
  const failed = applied.filter(({ result }) => result === "failed");
  for (const { name, error } of failed) note(`\n${name} failed:\n${error}`);
  if (failed.length > 0) note(`\nMore: ${storesCommand("status")}, ${storesCommand(`logs ${failed[0]?.name}`)}, ${storesCommand(`events ${failed[0]?.name}`)}`);
}

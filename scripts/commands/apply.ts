import { Option, type Command } from "commander";
import { UserError } from "../../config/errors";
import { setGiven, shellWord, storesCommand } from "../../config/stores-command";
import { applyFleet, type AppliedStore } from "../engine/apply";
import { concurrencyFor } from "../engine/concurrency";
import { longestInstallation, openFleet, specsOf, withEngine, type Fleet } from "../engine/fleet-run";
import { decideAnew, decideFleet } from "../engine/plan";
import { decideByPlan, decisionsOf, readSavedPlan, refuseContradiction } from "../engine/saved-plan";
import type { Decision } from "../fleet/classify";
import { progress } from "../ui/progress";
import { duration, table } from "../ui/table";
import { confirm, exitCodes, interruptible, note, parseConcurrency, print, printJson, wholeNumber, withCommon, type Common } from "./common";
import { requireKnown, warnOfSettings } from "./names";
import { shortened } from "./status";

interface ApplyFlags extends Common {
  plan?: string;
  prune: boolean;
  maxDeletes: number;
  yes?: boolean;
  concurrency?: number;
  skip: boolean;
  adopt?: boolean;
}

export function applyCommand(program: Command): void {
  withCommon(program.command("apply"))
    .description("bring the fleet to what the list says; deletes nothing unless --prune is given")
    .argument("[names...]", "only these stores")
    .addOption(new Option("--plan <file>", "do what a saved plan says, or refuse").conflicts(["prune", "skip"]))
    .option("--prune", "delete stores that left the list, but never protected ones", false)
    .option("--max-deletes <n>", "refuse to prune more stores than this", wholeNumber("--max-deletes", 0), 3)
    .option("--yes", "delete without asking")
    .option("--concurrency <n>", "stores at a time", parseConcurrency)
    .option("--no-skip", "run Pulumi for unchanged stores too")
    .option("--adopt", "keep the passwords that the named stores run with, where this backend's state is not theirs or was lost")
    .action(async (names: string[], flags: ApplyFlags, command: Command) => {
      if (flags.adopt && names.length === 0) throw new UserError("--adopt needs the names of stores", `Such as: ${storesCommand("apply acme --adopt")}`);
      const plan = flags.plan === undefined ? undefined : readSavedPlan(flags.plan);
      const env = command.getOptionValueSource("env") === "cli" ? flags.env : undefined;
      if (plan) refuseContradiction(plan, { env, file: flags.file, names });
      const about = plan ? { env: plan.env, file: plan.file ?? undefined } : { env: flags.env, file: flags.file };
      setGiven(about);
      const fleet = await openFleet(about.env, about.file);
      requireKnown(names, fleet);
      warnOfSettings(fleet);
      const options = { prune: flags.prune, skipUnchanged: flags.skip && !flags.adopt, names };
      const [decisions, anew] = plan ? [decisionsOf(plan, fleet), decideByPlan(plan, fleet)] : [decideFleet(fleet, options), decideAnew(fleet, options)];
      await requireLeave(decisions, fleet, flags, names, plan !== undefined);

      const applied = await interruptible((signal) =>
        withEngine(fleet.session, longestInstallation(fleet), signal, (engine) =>
          applyFleet({ ...engine, adopt: flags.adopt }, specsOf(fleet), decisions, anew, concurrencyFor(flags.concurrency), progress()),
        ),
      );
      if (flags.json) printJson({ env: fleet.session.env, stores: applied });
      else printSummary(applied);
      if (process.exitCode === undefined && applied.some(({ result }) => result === "failed" || result === "refused")) process.exitCode = exitCodes.failed;
    });
}

/** Deletions need to be few, meant, and not the result of an empty list. */
async function requireLeave(decisions: Decision[], fleet: Fleet, flags: ApplyFlags, names: string[], fromPlan: boolean): Promise<void> {
  const deletions = decisions.filter(({ action }) => action === "delete").map(({ name }) => name);
  if (deletions.length === 0) return;
  if (fleet.wanted.length === 0) {
    throw new UserError(
      `the list is empty, and ${deletions.length} stores run: an empty list deletes nothing`,
      `To remove them all: ${storesCommand("destroy --all")}`,
    );
  }
  if (deletions.length > flags.maxDeletes) {
    throw new UserError(
      `${deletions.length} stores left the list (${deletions.join(", ")}), more than --max-deletes ${flags.maxDeletes}; nothing was done`,
      `If that is meant: ${storesCommand(["apply", ...names.map(shellWord), ...(flags.prune ? ["--prune"] : []), `--max-deletes ${deletions.length}`].join(" "))}`,
    );
  }
  if (!flags.yes && !fromPlan) await confirm(`Delete ${deletions.join(", ")} with all data?`, "--yes");
}

function printSummary(applied: AppliedStore[]): void {
  const busy = applied.filter(({ result }) => result !== "unchanged");
  const idle = applied.length - busy.length;
  if (busy.length === 0) return print(applied.length === 0 ? "no stores: the list is empty" : `Nothing to do: ${idle} stores unchanged.`);
  const rows = busy.map(({ name, result, seconds, error, repairs, action }) => {
    const remark = result === "refused" ? (error ?? "") : error ? shortened(error) : repairs.length > 0 ? `(${repairs.join("; ")})` : result === "kept" ? `${action}: left the list` : "";
    return [name, result, seconds > 0 ? duration(seconds) : "", remark];
  });
  print(table(["STORE", "RESULT", "TIME", ""], rows));
  if (idle > 0) print(`and ${idle} unchanged`);
  const failed = applied.filter(({ result }) => result === "failed");
  for (const { name, error } of failed) note(`\n${name} failed:\n${error}`);
  if (failed.length > 0) note(`\nMore: ${storesCommand("status")}, ${storesCommand(`logs ${failed[0]?.name}`)}, ${storesCommand(`events ${failed[0]?.name}`)}`);
}

import type { Command } from "commander";
import { settingsFile } from "../../../config/environment";
import { firstLine } from "../../../config/first-line";
import { storesCommand } from "../../../config/stores-command";
import { checkState, type CheckedState } from "../../operations/state-check";
import { rekeyState, type Rekeyed } from "../../operations/state-rekey";
import { unlockState, type LockedStack, type UnlockConsent } from "../../operations/state-unlock";
import { confirm, exitCodes, listening, note, print, printAnswer, withCommon, type Common } from "../common";
import { duration, table } from "../ui/table";

export function stateCommand(program: Command): void {
  const state = program.command("state").description("where an environment's state is, and what encrypts it");

  withCommon(state.command("check"))
    .description("look whether the state can be read and written, whether its key works, and who holds which stack")
    .action(async (flags: Common) => {
      const checked = await listening((listener) => checkState(flags, listener));
      if (flags.json) printAnswer("state check", checked);
      else printCheck(checked);
    });
  withCommon(state.command("rekey"))
    .description("have every stack encrypted by what storefleet:state names as secretsProvider; may be ended and done again")
    .action(async (flags: Common) => {
      const rekeyed = await listening((listener) => rekeyState(flags, listener));
      if (flags.json) printAnswer("state rekey", rekeyed);
      else printRekeyed(rekeyed);
      if (rekeyed.stacks.some(({ result }) => result === "failed")) process.exitCode ??= exitCodes.failed;
    });

  withCommon(state.command("unlock"))
    .description("break locks whose holders are gone for certain, as those of a pipeline's job that was cancelled; shows whose they are")
    .argument("[names...]", "stores; without any, every stack that is locked")
    .option("--yes", "do not ask")
    .action(async (names: string[], { yes = false, ...flags }: Common & { yes?: boolean }) => {
      const consent: UnlockConsent = async ({ env, stacks, typed }) => {
        note(`Locked, in the state of ${env}:\n${table(["STACK", "HELD BY"], stacks.map(({ name, locks }) => [name, holders(locks)]))}`);
        if (!yes) await confirm("Is it certain that none of these is at work any more?", "--yes", typed);
      };
      const unlocked = await listening((listener) => unlockState(flags, names, consent, listener));
      if (flags.json) printAnswer("state unlock", unlocked);
      else if (unlocked.stacks.length === 0) print("Nobody holds a lock there.");
      else print(`${table(["STACK", "RESULT", ""], unlocked.stacks.map(({ name, result, locks }) => [name, result, result === "held" ? `by ${holders(locks)}, which came meanwhile` : ""]))}\n\nWhat was cut off is mended by: ${storesCommand("apply")}`);
      if (unlocked.stacks.some(({ result }) => result === "held")) process.exitCode ??= exitCodes.failed;
    });
}

const holders = (locks: LockedStack["locks"]) => locks.map(({ host, pid, since }) => `process ${pid} on ${host} for ${duration((Date.now() - Date.parse(since)) / 1000)}`).join(", ");

const origins: Record<CheckedState["saidBy"], (env: string) => string> = {
  variable: () => "by PULUMI_BACKEND_URL", settings: settingsFile, login: () => "by pulumi login", local: () => "this machine's own",
};

function printCheck({ env, backend, saidBy, secretsProvider, keepsVersions, stacks }: CheckedState): void {
  print(`state of ${env}: ${backend} (${origins[saidBy](env)})`);
  print(`It can be read and written, and new stacks are encrypted${secretsProvider === null ? "" : ` by ${secretsProvider}`}.`);
  if (keepsVersions) print("The bucket keeps what is overwritten or deleted.");
  if (keepsVersions === false) note("note: the bucket keeps nothing of what is overwritten or deleted: switch its versioning on, with a rule for how long (docs/operations.md)");
  if (stacks.length === 0) return;
  print(`\n${table(["STACK", "ENCRYPTED BY", "HELD BY"], stacks.map(({ name, key, locks }) => [name, key, holders(locks) || "nobody"]))}`);
  if (stacks.some(({ locks }) => locks.length > 0)) note(`\nIf a process is gone for certain: ${storesCommand("state unlock")}`);
  const others = stacks.filter(({ otherKey }) => otherKey).length;
  if (others > 0) note(`\n${others} of ${stacks.length} stacks are encrypted by something else than new ones: ${storesCommand("state rekey")}`);
}

function printRekeyed({ env, secretsProvider, stacks, settingsChanged }: Rekeyed): void {
  const told = stacks.filter(({ result }) => result !== "unchanged");
  if (told.length > 0) print(table(["STACK", "RESULT", ""], told.map(({ name, result, from, error }) => [name, result, error === null ? `${from} → ${secretsProvider}` : firstLine(error, 200)])));
  const unchanged = stacks.length - told.length;
  if (unchanged > 0) print(`${told.length > 0 ? "and " : "Nothing to do: "}${unchanged} as ${settingsFile(env)} says`);
  if (settingsChanged) note(`\nThe secrets in ${settingsFile(env)} were encrypted anew: commit it, then ${storesCommand("cluster up")} and ${storesCommand("apply")}`);
}

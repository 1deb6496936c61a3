import type { Command } from "commander";
import { storesCommand } from "../../../config/stores-command";
import { verifyStore, type StepReport } from "../../operations/verify";
import { exitCodes, fleetCommand, interruptible, note, print, printAnswer, type Common } from "../common";
import { out } from "../ui/colours";
import { duration } from "../ui/table";

export function verifyCommand(program: Command): void {
  fleetCommand(program, "verify")
    .description("prove that a store sells: a real order, cash on delivery, which is cancelled again")
    .argument("<name>")
    .action(async (name: string, flags: Common) => {
      const say = flags.json ? note : print;
      const verify = (signal: AbortSignal) => verifyStore(flags, name, (report) => say(lineOf(report)), { signal, say: note });
      const result = await interruptible(verify, "stopping: what was ordered is cancelled first; once more to leave at once");
      if (flags.json) printAnswer("verify", result);
      else print(result.passed ? `${name} sells (${duration(result.seconds)})` : `${name} is not proven to sell; more: ${storesCommand(`logs ${name}`)}`);
      if (!result.passed) process.exitCode ??= exitCodes.failed;
    });
}

const marks = { passed: out.green("✓"), failed: out.red("✗"), skipped: out.dim("-") };

const lineOf = ({ step, result, seconds, detail }: StepReport) =>
  `${marks[result]} ${step.padEnd(10)}  ${(result === "skipped" ? "" : duration(seconds)).padStart(5)}  ${result === "skipped" ? out.dim(`skipped: ${detail}`) : detail}`;

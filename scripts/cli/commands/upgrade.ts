import { Option, type Command } from "commander";
import { UserError } from "../../../config/errors";
import { abortUpgrade, upgrade } from "../../operations/upgrade";
import { fleetCommand, listening, wholeNumber, type Common } from "../common";
import { reportApplied } from "./apply";

interface UpgradeFlags extends Common {
  resume?: boolean;
  abort?: boolean;
  urgent?: boolean;
  maxFailed?: number | string;
  includeSick?: boolean;
  wait: boolean;
  concurrency?: number;
}

export function upgradeCommand(program: Command): void {
  const alone = ["resume", "urgent", "maxFailed", "includeSick", "wait", "concurrency"];
  fleetCommand(program, "upgrade")
    .description("bring stores to another release (program, charts, images, settings) in waves, by the list's rollout:, and nothing else")
    .argument("[names...]", "only these stores")
    .option("--resume", "go on with the roll-out that halted, was aborted or cut off: failed stores first")
    .addOption(new Option("--abort", "end the roll-out: stores under way come to their end, the others keep what they have").conflicts(alone))
    .option("--urgent", "one store, a quarter, the rest, with a minute in between: for a hole that is open")
    .option("--max-failed <n>", "stores that may fail before it halts, a number or such as 10%, in place of the list's", failures)
    .option("--include-sick", "stores that are not well get the release as well")
    .option("--no-wait", "leave while a wave bakes, with exit code 4; the next apply goes on with it")
    .option("--concurrency <n>", "stores at a time", wholeNumber("--concurrency", 1))
    .action(async (names: string[], { abort, wait, ...flags }: UpgradeFlags) => {
      if (names.length > 0 && (abort || flags.resume)) throw new UserError(`a roll-out has its stores: ${names.join(", ")} can not be named beside ${abort ? "--abort" : "--resume"}`, undefined, "usage");
      const applied = abort ? await abortUpgrade(flags) : await listening((listener) => upgrade(flags, { ...flags, names, noWait: !wait }, listener));
      reportApplied("upgrade", flags, applied, "Nothing to do: no store has another release.");
    });
}

function failures(value: string): number | string {
  if (/^\d{1,3}%$/.test(value)) return value;
  return wholeNumber("--max-failed", 0)(value);
}

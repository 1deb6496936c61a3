import type { Command } from "commander";
import { firstLine } from "../../../config/first-line";
import type { AppliedStore } from "../../operations/apply";
import { destroy } from "../../operations/destroy";
import { exitCodes, fleetCommand, listening, print, printAnswer, printOperation, wholeNumber, type Common } from "../common";
import { asking } from "../ui/deletion";
import { duration, table } from "../ui/table";

interface DestroyFlags extends Common {
  all?: boolean;
  yes?: boolean;
  backup: boolean;
  concurrency?: number;
}

export function destroyCommand(program: Command): void {
  fleetCommand(program, "destroy")
    .description("remove stores with all their data, and look that nothing is left")
    .argument("[names...]", "stores to remove, listed or not")
    .option("--all", "every store of the environment but those that list or cluster have as protected")
    .option("--no-backup", "save nothing before, where the environment keeps backups")
    .option("--yes", "do not ask")
    .option("--concurrency <n>", "stores at a time", wholeNumber("--concurrency", 1))
    .action(async (names: string[], { yes, ...flags }: DestroyFlags) => {
      const destroyed = await listening((listener) => destroy(flags, { ...flags, names }, asking(yes), listener));
      const { stores } = destroyed;
      if (flags.json) printAnswer("destroy", destroyed);
      else if (stores.length === 0) print("Nothing to destroy.");
      else print(table(["STORE", "RESULT", "TIME", ""], stores.map(({ name, result, seconds, error }) => [name, result, duration(seconds), firstLine(error ?? remarks[result] ?? "", 200)])));
      if (!flags.json) printOperation(destroyed.operation);
      if (stores.some(({ result }) => ["failed", "cancelled", "not started"].includes(result))) process.exitCode ??= exitCodes.failed;
    });
}

const remarks: { [R in AppliedStore["result"]]?: string } = { deleted: "nothing left", kept: "protected" };

import type { Command } from "commander";
import { firstLine } from "../../../config/first-line";
import { destroy } from "../../operations/destroy";
import { confirm, exitCodes, listening, print, printAnswer, wholeNumber, withCommon, type Common } from "../common";
import { duration, table } from "../ui/table";

interface DestroyFlags extends Common {
  all?: boolean;
  yes?: boolean;
  concurrency?: number;
}

export function destroyCommand(program: Command): void {
  withCommon(program.command("destroy"))
    .description("remove stores with all their data, and look that nothing is left")
    .argument("[names...]", "stores to remove, listed or not")
    .option("--all", "every store of the environment but those that list or cluster have as protected")
    .option("--yes", "do not ask")
    .option("--concurrency <n>", "stores at a time", wholeNumber("--concurrency", 1))
    .action(async (names: string[], { yes, ...flags }: DestroyFlags) => {
      const consent = async (doomed: string[]) => (yes ? undefined : confirm(`Destroy ${doomed.join(", ")} with all data?`, "--yes"));
      const destroyed = await listening((listener) => destroy(flags, { ...flags, names }, consent, listener));
      const { stores } = destroyed;
      if (flags.json) printAnswer("destroy", destroyed);
      else if (stores.length === 0) print("Nothing to destroy.");
      else print(table(["STORE", "RESULT", "TIME", ""], stores.map(({ name, result, seconds, error }) => [name, result, duration(seconds), firstLine(error ?? "nothing left", 200)])));
      if (stores.some(({ result }) => result === "failed")) process.exitCode ??= exitCodes.failed;
    });
}

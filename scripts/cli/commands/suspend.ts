import type { Command } from "commander";
import { suspend } from "../../operations/suspension";
import { fleetCommand, listening, wholeNumber, type Common } from "../common";
import { reportApplied } from "./apply";

/** Commands that edit the list and carry that out at once. */
export function suspendCommands(program: Command): void {
  const add = (verb: "suspend" | "resume", description: string) =>
    fleetCommand(program, verb)
      .description(description)
      .argument("<names...>", "the stores")
      .option("--concurrency <n>", "stores at a time", wholeNumber("--concurrency", 1))
      .action(async (names: string[], flags: Common & { concurrency?: number }) => {
        reportApplied(verb, flags, await listening((listener) => suspend(flags, names, verb === "suspend", flags, listener)));
      });
  add("suspend", "write into the list that stores are suspended, and apply them: no pods run, data and addresses stay");
  add("resume", "have suspended stores run again, by the list as well");
}

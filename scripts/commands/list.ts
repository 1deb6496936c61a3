import type { Command } from "commander";
import { listJsonSchema } from "../../config/json-schema";
import { ListErrors } from "../../config/errors";
import { listedStores } from "../../stores/listed";
import { exitCodes, print, printJson, withCommon, type Common } from "./common";

/** The commands that look at the list alone; no cluster is needed. */
export function listCommands(program: Command): void {
  withCommon(program.command("validate"))
    .description("check the list; every problem with its line, column and repair")
    .action((flags: Common) => {
      if (flags.json) return printJson(problemsOf(flags));
      const { file, stores } = listedStores(flags.env, flags.file);
      print(`${file}: ${stores.length} stores, no problems`);
    });
  withCommon(program.command("schema"))
    .description("the JSON Schema of a stores list, for editors")
    .action(() => printJson(listJsonSchema()));
}

function problemsOf(flags: Common): { valid: boolean; problems: unknown[] } {
  try {
    listedStores(flags.env, flags.file);
    return { valid: true, problems: [] };
  } catch (error) {
    if (!(error instanceof ListErrors)) throw error;
    process.exitCode = exitCodes.failed;
    return { valid: false, problems: error.problems };
  }
}

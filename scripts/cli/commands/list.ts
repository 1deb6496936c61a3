import type { Command } from "commander";
import { checkList, listJsonSchema, listProblems } from "../../operations/list";
import { exitCodes, print, printJson, withCommon, type Common } from "../common";

/** The commands that look at the list alone; no cluster is needed. */
export function listCommands(program: Command): void {
  withCommon(program.command("validate"))
    .description("check the list; every problem with its line, column and repair")
    .action((flags: Common) => {
      if (flags.json) {
        const checked = listProblems(flags);
        printJson(checked);
        if (!checked.valid) process.exitCode = exitCodes.failed;
        return;
      }
      const { file, stores } = checkList(flags);
      print(`${file}: ${stores} stores, no problems`);
    });
  withCommon(program.command("schema"))
    .description("the JSON Schema of a stores list, for editors")
    .action(() => printJson(listJsonSchema()));
}

import type { Command } from "commander";
import { UserError } from "../../../config/errors";
import { answerJsonSchema, answers } from "../../operations/answers";
import { checkList, listJsonSchema, listProblems } from "../../operations/list";
import { exitCodes, note, print, printAnswer, printJson, withCommon, type Common } from "../common";

const commands = Object.keys(answers) as (keyof typeof answers)[];

/** The commands that look at the list alone; no cluster is needed. */
export function listCommands(program: Command): void {
  withCommon(program.command("validate"))
    .description("check the list; every problem with its line, column and repair")
    .action((flags: Common) => {
      if (flags.json) {
        const checked = listProblems(flags);
        printAnswer("validate", checked);
        if (!checked.valid) process.exitCode = exitCodes.refused;
        return;
      }
      const { file, stores, warnings, needs } = checkList(flags);
      for (const warning of warnings) note(`warning: ${warning}`);
      print(`${file}: ${stores} stores, no problems`);
      for (const { store, name, namespace, keys } of needs) print(`${store} needs Secret ${name} in namespace ${namespace}: ${keys.join(", ")}`);
    });
  withCommon(program.command("schema"))
    .description("the JSON Schema of a stores list, for editors; or of what a command prints with --json")
    .option("--of <command>", `of this command's answer: ${commands.join(", ")}`)
    .action(({ of }: { of?: string }) => printJson(of === undefined ? listJsonSchema() : schemaOf(of)));
}

function schemaOf(name: string): object {
  const command = commands.find((known) => known === name);
  if (!command) throw new UserError(`there is no command "${name}" with an answer`, `Such have: ${commands.join(", ")}.`, "usage");
  return answerJsonSchema(command);
}

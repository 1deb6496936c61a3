import type { Command } from "commander";
import { UserError } from "../../../config/errors";
import { storesCommand } from "../../../config/stores-command";
import { answerJsonSchema, answers } from "../../operations/answers";
import { pushList } from "../../operations/list-push";
import { readListText } from "../../operations/list-text";
import { checkList, listJsonSchema, listProblems } from "../../operations/list";
import { exitCodes, fleetCommand, note, print, printAnswer, printJson, withCommon, type Common } from "../common";

const commands = Object.keys(answers) as (keyof typeof answers)[];

/** The commands about the list alone: no cluster is needed, but where it is at home there. */
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
  const list = program.command("list").description("the list where it is at home in its cluster, by list: cluster in the settings: docs/operations.md");
  fleetCommand(list, "pull")
    .description("print the list as it is at home")
    .action((flags: Common) => {
      const { text, digest } = readListText(flags);
      if (flags.json) return printAnswer("list pull", { env: flags.env, digest, text });
      process.stdout.write(text);
      if (process.stdout.isTTY) note(`\nEdited, it is put back by ${storesCommand(`list push FILE --was ${digest.slice(0, 12)}`)}`);
    });
  fleetCommand(list, "push")
    .description("put a file's text in its place; nothing is carried out of it until apply")
    .argument("<list>", "a file")
    .option("--was <digest>", "of the list that it was made from, as pull tells: refuse where another one is there by now")
    .action(async (file: string, { was, ...flags }: Common & { was?: string }) => {
      const { digest, changed } = await pushList(flags, file, was);
      if (flags.json) printAnswer("list push", { env: flags.env, digest, changed });
      else print(changed ? `The list of ${flags.env} is ${file} now. What that changes: ${storesCommand("plan")}` : `The list of ${flags.env} was that already.`);
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

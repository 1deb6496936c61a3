import type { Command } from "commander";
import { UserError } from "../../../config/errors";
import { environmentNames } from "../../../config/environments";
import { listedNames } from "../../operations/list";
import { print } from "../common";
import { candidates, completionScripts } from "../ui/completion";

/** What makes a shell complete commands, options and names of stores. */
export function completionCommands(program: Command): void {
  program
    .command("completion")
    .description('what makes a shell complete commands, options and stores: eval "$(./scripts/stores completion bash)"')
    .argument("<shell>", Object.keys(completionScripts).join(", "))
    .action((shell: string) => {
      if (!Object.hasOwn(completionScripts, shell)) throw new UserError(`there is no completion for "${shell}"`, `Shells are: ${Object.keys(completionScripts).join(", ")}.`, "usage");
      process.stdout.write(completionScripts[shell as keyof typeof completionScripts]);
    });
  program
    .command("complete", { hidden: true })
    .argument("[words...]")
    .action((words: string[]) => {
      const found = candidates(program, words, ({ env, file }) => listedNames({ env: environmentNames().find((name) => name === env) ?? "local", file }));
      if (found.length > 0) print(found.join("\n"));
    });
}

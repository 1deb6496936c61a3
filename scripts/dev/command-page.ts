// Prints docs/commands.md: node dist/scripts/dev/command-page.js > docs/commands.md
import { storesProgram } from "../cli/main";
import { leavesOf, pathOf } from "../cli/ui/command-tree";

/** Each command as its own `--help` has it, so that the page can not say anything else. */
export function commandPage(): string {
  const sections = leavesOf(storesProgram()).map((command) => {
    const help = command.configureHelp({ helpWidth: 120 }).helpInformation({ error: false }).trimEnd();
    return `## ${pathOf(command)}\n\n${help.replace(/^(?=.)/gm, "    ")}\n`;
  });
  return ["# The commands", "What `--help` of each says. `./scripts/stores COMMAND` runs from any folder.", ...sections].join("\n\n").replace(/\n{3,}/g, "\n\n");
}

if (require.main === module) process.stdout.write(commandPage());

// Prints docs/commands.md: node dist/scripts/dev/command-page.js > docs/commands.md
import { storesProgram } from "../cli/main";
import { leavesOf, pathOf } from "../cli/ui/command-tree";
import { examples } from "./command-examples";

const code = (text: string) => text.trimEnd().replace(/^(?=.)/gm, "    ");

/** Each command as its own `--help` has it, so that the page can not say anything else, and an example that tests compare. */
export function commandPage(): string {
  const sections = leavesOf(storesProgram()).map((command) => {
    const path = pathOf(command);
    return [`## ${path}`, code(command.configureHelp({ helpWidth: 120 }).helpInformation({ error: false })), ...exampleOf(path)].join("\n\n") + "\n";
  });
  const intro = [
    "What `--help` of each says, and an example: what `npm run quickstart` made, on the embedded cluster. `./scripts/stores COMMAND` runs from any folder;",
    "`…` stands for lines that were left out.",
  ].join("\n");
  return ["# The commands", intro, ...sections].join("\n\n").replace(/\n{3,}/g, "\n\n");
}

function exampleOf(path: string): string[] {
  const example = examples[path];
  if (!example) return [];
  const { line, edited, prints } = example;
  const after = edited ? `, once the list says \`${edited[1]}\` in place of \`${edited[0]}\`` : "";
  return [prints ? `For example${after}:` : `For example, which prints nothing${after}:`, code(`$ ./scripts/stores ${line}\n${prints}`)];
}

if (require.main === module) process.stdout.write(commandPage());

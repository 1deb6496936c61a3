import type { Command, Option } from "commander";
import { environmentNames } from "../../../config/environments";
import { answers } from "../../operations/answers";
import { commandsOf } from "./command-tree";

/** What an option may be, by its name. */
const optionValues: Record<string, () => string[]> = { env: () => environmentNames(), of: () => Object.keys(answers) };
/** The arguments that are names of stores. */
const storeArguments = new Set(["name", "names"]);

/**
 * What the last of these words may become, by the commands themselves, so that it can not differ from what they take.
 * @param words what stands behind the command's name, the one that is being written last
 * @param storesOf names of stores by the options that were given
 */
export function candidates(program: Command, words: string[], storesOf: (given: { env?: string; file?: string }) => string[]): string[] {
  const before = words.slice(0, -1);
  const current = words.at(-1) ?? "";
  if (before.includes("--")) return [];
  const given: Record<string, string> = {};
  let command = program;
  let places = 0;
  for (let index = 0; index < before.length; index++) {
    const word = before[index]!;
    const [name, value] = word.split("=", 2) as [string, string?];
    const option = optionsOf(command).find(({ long, short }) => long === name || short === name);
    if (option?.required) {
      const said = value ?? before[++index];
      // Its value is what is being written.
      if (said === undefined) return optionValues[option.attributeName()]?.() ?? [];
      given[option.attributeName()] = said;
    } else if (!word.startsWith("-")) {
      const inner = commandsOf(command).find((it) => it.name() === word);
      if (inner) command = inner;
      else places++;
    }
  }
  if (current.startsWith("-")) return optionsOf(command).map(({ long }) => long ?? "").filter(Boolean);
  const inner = commandsOf(command);
  if (inner.length > 0) return inner.map((it) => it.name());
  const place = command.registeredArguments[places] ?? command.registeredArguments.filter(({ variadic }) => variadic).at(-1);
  return place && storeArguments.has(place.name()) ? storesOf(given).filter((name) => !before.includes(name)) : [];
}

const optionsOf = (command: Command): Option[] => command.createHelp().visibleOptions(command);

/** For each shell, what asks `stores complete`; sourced, or put where the shell looks for such. */
export const completionScripts = {
  bash: `_stores() {
  local IFS=$'\\n'
  COMPREPLY=($(compgen -W "$("\${COMP_WORDS[0]}" complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _stores stores
`,
  zsh: `#compdef stores
_stores() {
  local -a found
  found=("\${(@f)$("\${words[1]}" complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  [[ -n "$found" ]] && compadd -a found || _files
}
compdef _stores stores
`,
  fish: `function __stores_complete
    set -l words (commandline -opc) (commandline -ct)
    $words[1] complete -- $words[2..-1] 2>/dev/null
end
complete -c stores -f -a '(__stores_complete)'
`,
} as const;

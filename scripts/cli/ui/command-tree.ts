import type { Command } from "commander";

/** The commands right below one, but for hidden ones. */
export const commandsOf = (command: Command): Command[] => command.createHelp().visibleCommands(command);

/** Everything that does something, but for `help`. */
export function leavesOf(command: Command): Command[] {
  const inner = commandsOf(command).filter((it) => it.name() !== "help");
  return inner.length > 0 ? inner.flatMap(leavesOf) : [command];
}

/** `cluster up` */
export const pathOf = (command: Command): string => (command.parent?.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name());

import type { Command } from "commander";
import { quote, storesCommand } from "../../../config/stores-command";
import { shellVariables } from "../../operations/shell-variables";
import { fleetCommand, note, print, printAnswer, type Common } from "../common";

export function envCommand(program: Command): void {
  fleetCommand(program, "env")
    .description('exports for pulumi, kubectl and helm by hand: eval "$(./scripts/stores env)"')
    .action(async (flags: Common) => {
      const all = await shellVariables(flags);
      if (flags.json) return printAnswer("env", all);
      for (const [name, value] of Object.entries(all)) print(`export ${name}=${quote(value)}`);
      if (process.stdout.isTTY) note(`\nTo use them: eval "$(${storesCommand("env")})"`);
    });
}

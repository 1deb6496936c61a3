import type { Command } from "commander";
import { UserError } from "../../../config/errors";
import { storesCommand } from "../../../config/stores-command";
import { runInside } from "../../operations/inside";
import { note, withCluster, withScope, type Common } from "../common";

type Flags = Omit<Common, "json">;

/** The commands that lead into a store's pods. `inner`: what stands behind `--`. */
export function insideCommands(program: Command, inner: string[]): void {
  withCluster(withScope(program.command("exec")))
    .description("run a command in a store's pod: exec NAME [PART] -- COMMAND…; ends with that command's exit code")
    .usage("[options] <name> [part] -- <command...>")
    .argument("<name>")
    .argument("[part]", "such as worker, mariadb or psql; absent: where wp or the Medusa server is")
    .action(async (name: string, part: string | undefined, flags: Flags) => {
      if (inner.length === 0) throw new UserError("say what to run, behind --", `Such as: ${storesCommand(`exec ${name} -- ls`)}`, "usage");
      process.exitCode = await runInside(flags, name, { part, command: inner, terminal: isTerminal() }, note);
    });
  withCluster(withScope(program.command("shell")))
    .description("open a shell in a store's pod, with wp at hand; or mariadb's or psql's prompt, as the shop's own user")
    .argument("<name>")
    .argument("[part]", "wp, mariadb, psql, or any part, such as worker; absent: where wp or the Medusa server is")
    .action(async (name: string, part: string | undefined, flags: Flags) => {
      process.exitCode = await runInside(flags, name, { part, terminal: isTerminal() }, note);
    });
}

const isTerminal = () => Boolean(process.stdin.isTTY && process.stdout.isTTY);

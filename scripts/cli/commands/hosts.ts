import type { Command } from "commander";
import { hostLines } from "../../operations/addresses";
import { note, print, printAnswer, withCommon, type Common } from "../common";

export function hostsCommand(program: Command): void {
  withCommon(program.command("hosts"))
    .description("lines for a hosts file, where DNS does not lead to the stores: ./scripts/stores hosts | sudo tee -a /etc/hosts")
    .option("--address <ip>", "where the hosts lead to, if their names do not say")
    .action((flags: Common & { address?: string }) => {
      const lines = hostLines(flags, flags.address);
      if (flags.json) return printAnswer("hosts", { env: flags.env, hosts: lines });
      for (const { address, host, name } of lines) print(`${address}\t${host}\t# ${name}`);
      if (process.stdout.isTTY) note("\nFor /etc/hosts; for a browser on Windows, C:\\Windows\\System32\\drivers\\etc\\hosts. A store that is listed later needs a line more.");
    });
}

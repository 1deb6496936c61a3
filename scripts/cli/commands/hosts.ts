import type { Command } from "commander";
import { hostLines } from "../../operations/addresses";
import { domains, type StoreDomain } from "../../operations/domains";
import { fleetCommand, note, print, printAnswer, withCommon, type Common } from "../common";
import { table } from "../ui/table";

/** The commands about names: which lead to the stores, and whether they do. */
export function hostsCommands(program: Command): void {
  fleetCommand(program, "domains")
    .description("whether a store is found by each of its names, and what keeps it from that: DNS, somebody else, a certificate")
    .argument("<name>")
    .action(async (name: string, flags: Common) => {
      const found = await domains(flags, name);
      if (flags.json) printAnswer("domains", { name, domains: found });
      else printDomains(found);
    });
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

function printDomains(found: StoreDomain[]): void {
  const secure = found.some(({ certificateUntil }) => certificateUntil !== null);
  print(table(["HOST", "LEADS", ...(secure ? ["CERTIFICATE UNTIL"] : []), ""], found.map((it) => [it.host, it.leads, ...(secure ? [it.certificateUntil ?? "-"] : []), it.problem ?? "ok"])));
}

import type { Command } from "commander";
import { rbacList, rbacManifests } from "../../operations/rbac";
import { note, print, printAnswer, withCommon, type Common } from "../common";

export function rbacCommand(program: Command): void {
  withCommon(program.command("rbac"))
    .description("accounts and rights to look, to deploy and to set up, for an administrator to apply: kubectl apply -f - takes them")
    .action((flags: Common) => {
      if (flags.json) return printAnswer("rbac", rbacList(flags.env));
      print(rbacManifests(flags.env).trimEnd());
      if (process.stdout.isTTY) note("\nA login: kubectl create token deployer -n storefleet-access --duration 8h (or viewer); docs/production-day.md");
    });
}

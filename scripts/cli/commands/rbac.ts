import type { Command } from "commander";
import { rbacList, rbacManifests, type RbacOptions } from "../../operations/rbac";
import { note, print, printAnswer, withCommon, type Common } from "../common";

export function rbacCommand(program: Command): void {
  withCommon(program.command("rbac"))
    .description("accounts and rights to look, to deploy and to set up, for an administrator to apply: kubectl apply -f - takes them")
    .option("--operator", "with what the workspaces of the Pulumi Kubernetes Operator need besides")
    .option("--control-plane", "with what the API needs where it runs in the cluster")
    .action((flags: Common & RbacOptions) => {
      if (flags.json) return printAnswer("rbac", rbacList(flags.env, flags));
      print(rbacManifests(flags.env, flags).trimEnd());
      if (process.stdout.isTTY) note("\nA login: kubectl create token deployer -n storefleet-access --duration 8h (or viewer); docs/production-day.md");
    });
}

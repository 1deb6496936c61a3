// `npm run quickstart`: from nothing to a running fleet; a second run finds nothing to do and says so.
import { mailCatcherUrl, type EnvironmentSettings } from "../../config/environment";
import { checkVariables } from "../../config/variables";
import { outlook } from "../operations/plan";
import { openStatus } from "../operations/status";
import { clusterUp, noteAddresses } from "./commands/cluster";
import { printStatus } from "./commands/status";
import { print } from "./common";
import { fail, main } from "./main";

/** What to do next. Simulated shops sell nothing, and send nothing. */
function next(simulated: boolean, settings: EnvironmentSettings): string {
  const lines: [string, string][] = [
    ["Credentials of a store", "./scripts/stores credentials acme"],
    ...(simulated ? [] : ([["A real order in it", "./scripts/stores verify acme"], ["The stores' e-mails", mailCatcherUrl(settings)]] as [string, string][])),
    ["Change the fleet", "edit config/stores.local.yaml, then ./scripts/stores plan and ./scripts/stores apply"],
    ["What a store went through", "./scripts/stores events acme"],
    ["Pulumi, kubectl, helm", 'eval "$(./scripts/stores env)", then pulumi preview -s local.acme'],
    ["Stop, or forget everything", "./scripts/stores cluster down, ./scripts/stores cluster reset"],
  ];
  return lines.map(([what, how]) => `${`${what}:`.padEnd(28)}${how}`).join("\n");
}

async function quickstart(): Promise<void> {
  checkVariables();
  const scope = { env: "local" } as const;
  const started = await clusterUp(scope);
  const { idle, settings } = await outlook(scope);
  if (idle) {
    print("Everything is up to date: nothing was changed.");
    await noteAddresses(scope, started);
  } else await main(["apply"]);
  if (process.exitCode) return;
  print("");
  const status = await (await openStatus(scope))();
  printStatus(status);
  print(`\n${next(status.simulated, settings)}`);
}

quickstart().catch(fail);

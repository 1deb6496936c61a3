// `npm run quickstart`: from nothing to a running fleet; a second run finds nothing to do and says so.
import { mailCatcherUrl, type EnvironmentSettings } from "../config/environment";
import { openFleet } from "./engine/fleet-run";
import { decideFleet } from "./engine/plan";
import { bringUp } from "./commands/cluster";
import { print } from "./commands/common";
import { printStatus, readStatus } from "./commands/status";
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
  const env = "local";
  await bringUp(env);
  const fleet = await openFleet(env);
  const busy = decideFleet(fleet, { prune: false, skipUnchanged: true, names: [] }).filter(({ action }) => action === "create" || action === "update");
  if (busy.length > 0) await main(["apply"]);
  else print("Everything is up to date: nothing was changed.");
  if (process.exitCode) return;
  print("");
  printStatus(fleet.session, await readStatus(fleet.session, { env }));
  print(`\n${next(fleet.session.cluster.simulated, fleet.shared.settings)}`);
}

quickstart().catch(fail);

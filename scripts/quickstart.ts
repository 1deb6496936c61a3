// `npm run quickstart`: from nothing to a running fleet; a second run finds nothing to do and says so.
import { openFleet } from "./engine/fleet-run";
import { decideFleet } from "./engine/plan";
import { bringUp } from "./commands/cluster";
import { print } from "./commands/common";
import { printStatus, readStatus } from "./commands/status";
import { fail, main } from "./main";

const next = `
Credentials of a store:     ./scripts/stores credentials acme
Change the fleet:           edit config/stores.local.yaml, then ./scripts/stores plan and ./scripts/stores apply
What a store went through:  ./scripts/stores events acme
Pulumi, kubectl, helm:      eval "$(./scripts/stores env)", then pulumi preview -s local.acme
Stop, or forget everything: ./scripts/stores cluster down, ./scripts/stores cluster reset`;

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
  print(next);
}

quickstart().catch(fail);

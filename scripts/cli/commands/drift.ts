import type { Command } from "commander";
import { drift, type DriftedStore, type FleetDrift } from "../../operations/drift";
import { repairDrift, type RepairedStore } from "../../operations/drift-repair";
import { confirm, exitCodes, listening, note, print, printAnswer, printOperation, withCluster, withCommon, type Common } from "../common";
import { duration, secondsOnly, table } from "../ui/table";

interface DriftFlags extends Common {
  detailedExitcode?: boolean;
  repair?: boolean;
  yes?: boolean;
}

export function driftCommand(program: Command): void {
  withCluster(withCommon(program.command("drift")))
    .description("what of the stores is not as it was made: what is missing, changed or added, by whom and when")
    .argument("[names...]", "only these stores")
    .option("--detailed-exitcode", "exit with 0: nothing, 2: drift that is not repaired, 1: error")
    .option("--repair", "mend exactly that, and look again")
    .option("--yes", "do not ask, where that is more than a tenth of the fleet")
    .action(async (names: string[], flags: DriftFlags) => {
      const ask = async (drifted: number, all: number) => (flags.yes ? undefined : confirm(`Repair ${drifted} of ${all} stores?`, "--yes"));
      const found = flags.repair ? await listening((listener) => repairDrift(flags, names, ask, listener)) : { ...(await drift(flags, names)), repaired: [], operation: null };
      if (flags.json) printAnswer("drift", found);
      else {
        printDrift(found);
        printRepaired(found.repaired);
        printOperation(found.operation);
      }
      if (found.repaired.some(({ result }) => result !== "repaired")) process.exitCode ??= exitCodes.failed;
      if (flags.detailedExitcode && !flags.repair && found.stores.some(hasDrift)) process.exitCode ??= exitCodes.changes;
    });
}

const hasDrift = ({ drift: its }: DriftedStore) => its.length > 0;

function printDrift({ stores, unseen, tried }: FleetDrift): void {
  const drifted = stores.filter(hasDrift);
  const looked = stores.filter(({ skipped }) => skipped === null);
  if (drifted.length > 0) print(table(["STORE", "OBJECT", "WHAT", "WHERE", "BY", "WHEN"], drifted.flatMap(rowsOf)));
  for (const { name, skipped } of stores) if (skipped !== null) note(`${name} was not looked at: ${skipped}`);
  const pending = stores.filter((it) => it.pending).map(({ name }) => name);
  if (pending.length > 0) note(`Not as listed yet, so that nobody knows whether something is missing of what Pulumi made: ${pending.join(", ")}`);
  if (unseen.length > 0) note(`This account may not see: ${unseen.join(", ")}`);
  if (tried === false) note("This account may not try changes (patch), so a default or a webhook of the cluster may be among them.");
  print(drifted.length > 0 ? `\n${drifted.length} of ${looked.length} stores are not as they were made.` : `No drift: ${looked.length} stores are as they were made.`);
}

function printRepaired(repaired: RepairedStore[]): void {
  if (repaired.length > 0) print(`\n${table(["STORE", "RESULT", "TIME", ""], repaired.map(({ name, result, seconds, error }) => [name, result, duration(seconds), error ?? ""]))}`);
}

const rowsOf = ({ name, drift: its }: DriftedStore): string[][] =>
  its.map(({ object, class: what, path, want, live, by, at }) => [name, object, what, `${path}${valuesOf(what, want, live)}`, by ?? "-", at === null ? "-" : secondsOnly(at)]);

/** `: 1, and is 3` */
function valuesOf(what: string, want: unknown, live: unknown): string {
  const text = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value)).slice(0, 60);
  if (what === "changed") return `: ${text(want)}, and is ${live === null ? "not there" : text(live)}`;
  return live === null ? "" : `: ${text(live)}`;
}

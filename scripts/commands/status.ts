import { setTimeout as delay } from "node:timers/promises";
import type { Command } from "commander";
import { listedStores } from "../../stores/listed";
import { openSession, type Session } from "../engine/session";
import { readEnvironment } from "../fleet/environment";
import { observeFleet } from "../fleet/observe";
import { fleetStatus, type StoreStatus } from "../fleet/status";
import { mendMark } from "../fleet/trouble";
import { duration, firstLine, table } from "../ui/table";
import { interruptible, note, print, printJson, withCommon, type Common } from "./common";
import { requireKnown } from "./names";

const interval = 2000;

export function statusCommand(program: Command): void {
  withCommon(program.command("status"))
    .description("every store with engine, phase, URL, age, and the reason when it is not well")
    .argument("[names...]", "only these stores")
    .option("--watch", "show changes as they happen, until Ctrl-C")
    .action(async (names: string[], flags: Common & { watch?: boolean }) => {
      const session = await openSession(flags.env);
      if (flags.watch) await interruptible((signal) => watch(session, flags, names, signal));
      else if (flags.json) printJson(await readStatus(session, flags, names));
      else printStatus(session, await readStatus(session, flags, names));
    });
}

/** The listed stores and those that run, as they are now. */
export async function readStatus(session: Session, flags: Common, names: string[] = []): Promise<StoreStatus[]> {
  const specs = listedStores(flags.env, flags.file).stores.map(({ spec }) => spec);
  const [observed, shared] = await Promise.all([observeFleet(session.kube, flags.env), readEnvironment(session.kube, flags.env)]);
  requireKnown(names, { wanted: specs.map((spec) => ({ spec })), observed });
  const rows = await fleetStatus(session.kube, flags.env, specs, observed, shared);
  return names.length === 0 ? rows : rows.filter(({ name }) => names.includes(name));
}

export function printStatus(session: Session, rows: StoreStatus[]): void {
  if (rows.length === 0) return print("No stores: the list is empty and nothing runs.");
  const cells = rows.map((row) => [
    row.name,
    row.engine,
    row.phase,
    row.createdAt ? duration((Date.now() - Date.parse(row.createdAt)) / 1000) : "-",
    row.provisionSeconds === null ? "-" : duration(row.provisionSeconds),
    row.url + (row.reason ? `  ${shortened(row.reason)}` : ""),
  ]);
  print(table(["STORE", "ENGINE", "PHASE", "AGE", "READY IN", "URL"], cells));
  if (session.cluster.simulated) note(simulationNote);
}

/** Of the cluster's words as much as a line holds; what mends it is never cut off. */
export function shortened(reason: string): string {
  const [line = ""] = reason.split("\n", 1);
  const end = line.lastIndexOf(mendMark);
  return end < 0 ? firstLine(line, 160) : firstLine(line.slice(0, end), 160) + line.slice(end);
}

/** Said wherever somebody could take a simulated pod for a shop. */
export const simulationNote =
  "Pods are simulated on this embedded cluster: it proves provisioning, it does not serve a page. For shops that answer: Docker or Podman with kind or k3d, or any cluster by --context.";

/** Prints a store again whenever something about it changed. */
async function watch(session: Session, flags: Common, names: string[], signal: AbortSignal): Promise<void> {
  const shown = new Map<string, string>();
  while (!signal.aborted) {
    const rows = await readStatus(session, flags, names);
    const changed = rows.filter((row) => shown.get(row.name) !== JSON.stringify(row));
    for (const row of changed) shown.set(row.name, JSON.stringify(row));
    if (changed.length > 0 && flags.json) printJson(changed);
    else if (changed.length > 0) printStatus(session, changed);
    await delay(interval, undefined, { signal }).catch(() => undefined);
  }
}

import { setTimeout as delay } from "node:timers/promises";
import type { Command } from "commander";
import { firstLine } from "../../../config/first-line";
import { mendMark, openStatus, simulationNote, type StatusReader, type StoreStatus } from "../../operations/status";
import { interruptible, note, print, printAnswer, withCommon, type Common } from "../common";
import { duration, table } from "../ui/table";

const interval = 2000;

export function statusCommand(program: Command): void {
  withCommon(program.command("status"))
    .description("every store with engine, phase, URL, age, and the reason when it is not well")
    .argument("[names...]", "only these stores")
    .option("--watch", "show changes as they happen, until Ctrl-C")
    .action(async (names: string[], flags: Common & { watch?: boolean }) => {
      const reader = await openStatus(flags);
      if (flags.watch) await interruptible((signal) => watch(reader, flags, names, signal));
      else if (flags.json) printAnswer("status", answerOf(flags, reader, await reader.read(names)));
      else printStatus(reader.simulated, await reader.read(names));
    });
}

const answerOf = ({ env }: Common, { simulated }: StatusReader, stores: StoreStatus[]) => ({ env, simulated, stores });

export function printStatus(simulated: boolean, rows: StoreStatus[]): void {
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
  if (simulated) note(simulationNote);
}

/** Of the cluster's words as much as a line holds; what mends it is never cut off. */
export function shortened(reason: string): string {
  const [line = ""] = reason.split("\n", 1);
  const end = line.lastIndexOf(mendMark);
  return end < 0 ? firstLine(line, 160) : firstLine(line.slice(0, end), 160) + line.slice(end);
}

/** Prints a store again whenever something about it changed. */
async function watch(reader: StatusReader, flags: Common, names: string[], signal: AbortSignal): Promise<void> {
  const shown = new Map<string, string>();
  while (!signal.aborted) {
    const rows = await reader.read(names);
    const changed = rows.filter((row) => shown.get(row.name) !== JSON.stringify(row));
    for (const row of changed) shown.set(row.name, JSON.stringify(row));
    if (changed.length > 0 && flags.json) printAnswer("status", answerOf(flags, reader, changed));
    else if (changed.length > 0) printStatus(reader.simulated, changed);
    await delay(interval, undefined, { signal }).catch(() => undefined);
  }
}

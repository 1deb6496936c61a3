import { setTimeout as delay } from "node:timers/promises";
import type { Command } from "commander";
import { UserError } from "../../../config/errors";
import { firstLine } from "../../../config/first-line";
import { mendSeparator, openStatus, simulationNote, type FleetStatus } from "../../operations/status";
import { rolloutInWords } from "../../operations/rollout/summary";
import { exitCodes, fleetCommand, interruptible, note, print, printAnswer, printAnswerLine, type Common } from "../common";
import { sightOf } from "../ui/sight";
import { duration, table } from "../ui/table";

const interval = 2000;

export function statusCommand(program: Command): void {
  fleetCommand(program, "status")
    .description("every store with engine, phase, URL, age, and the reason when it is not well")
    .argument("[names...]", "only these stores")
    .option("--watch", "show changes as they happen, until Ctrl-C")
    .option("--exit-code", "exit with 1 unless every store is READY, or suspended as listed")
    .action(async (names: string[], flags: Common & { watch?: boolean; exitCode?: boolean }) => {
      if (flags.watch) return interruptible(async (signal) => watch(await openStatus(flags, signal), flags, names, signal), "");
      const status = await (await openStatus(flags))(names);
      if (flags.json) printAnswer("status", status);
      else printStatus(status, names.length > 0);
      if (flags.exitCode && !isWell(status)) process.exitCode = exitCodes.failed;
    });
}

const isWell = ({ stores, listProblem }: FleetStatus) => listProblem === null && stores.every(({ phase }) => phase === "READY" || phase === "SUSPENDED");

/** @param closely with the certificate of every host */
export function printStatus({ simulated, stores, listProblem, environmentProblem, isolationProblem, rollout }: FleetStatus, closely = false): void {
  if (environmentProblem !== null) note(environmentProblem);
  if (isolationProblem !== null) note(isolationProblem);
  if (rollout) note(rolloutInWords(rollout));
  if (listProblem !== null) note(`the list can not be read, so this is what runs:\n${listProblem}\n`);
  if (stores.length === 0) return print(listProblem === null ? "No stores: the list is empty and nothing runs." : "No stores run.");
  const secure = stores.some(({ certificates }) => certificates.length > 0);
  const cells = stores.map((row) => [
    row.name,
    row.engine,
    row.phase,
    row.createdAt ? duration((Date.now() - Date.parse(row.createdAt)) / 1000) : "-",
    row.provisionSeconds === null ? "-" : duration(row.provisionSeconds),
    ...(secure ? [firstToEnd(row.certificates)] : []),
    row.url + (row.reason ? `  ${shortened(row.reason)}` : ""),
  ]);
  print(table(["STORE", "ENGINE", "PHASE", "AGE", "READY IN", ...(secure ? ["CERTIFICATE"] : []), "URL"], cells));
  if (closely && secure) print(`\n${table(["HOST", "CERTIFICATE UNTIL", ""], stores.flatMap(({ certificates }) => certificates).map(({ host, notAfter, reason }) => [host, notAfter ?? "-", reason ?? ""]))}`);
  if (simulated) note(simulationNote);
}

/** How long the certificate lasts that ends first. */
function firstToEnd(certificates: FleetStatus["stores"][number]["certificates"]): string {
  if (certificates.length === 0) return "-";
  if (certificates.some(({ notAfter }) => notAfter === null)) return "missing";
  const left = (Math.min(...certificates.map(({ notAfter }) => Date.parse(notAfter!))) - Date.now()) / 1000;
  return left > 0 ? duration(left) : "expired";
}

/** Of the cluster's words as much as a line holds; what mends it is never cut off. */
export function shortened(reason: string): string {
  const [line = ""] = reason.split("\n", 1);
  const end = line.lastIndexOf(mendSeparator);
  return end < 0 ? firstLine(line, 160) : firstLine(line.slice(0, end), 160) + line.slice(end);
}

/** Prints a store again whenever something about it changed. A bad minute of the API server, or of the list, does not end it. */
async function watch(read: (names: string[]) => Promise<FleetStatus>, { json }: Common, names: string[], signal: AbortSignal): Promise<void> {
  const shown = new Map<string, string>();
  const sight = sightOf(note);
  let [listProblem, told, toldOfWalls, toldOfRollout]: [string | null, string | null, string | null, string | null] = [null, null, null, null];
  while (!signal.aborted) {
    const now = await read(names).catch((error: unknown) => {
      if (signal.aborted) return undefined;
      if (!(error instanceof UserError)) throw error;
      sight.lost(error.message);
      return undefined;
    });
    if (now) {
      sight.clear();
      const changed = now.stores.filter((row) => shown.get(row.name) !== JSON.stringify(row));
      for (const row of changed) shown.set(row.name, JSON.stringify(row));
      const news = unless(listProblem, now.listProblem);
      if (json && (changed.length > 0 || news !== null)) printAnswerLine("status", { ...now, stores: changed });
      else if (changed.length > 0) printStatus({ ...now, stores: changed, listProblem: news, environmentProblem: unless(told, now.environmentProblem), isolationProblem: unless(toldOfWalls, now.isolationProblem), rollout: toldOfRollout === JSON.stringify(now.rollout) ? null : now.rollout });
      else if (news !== null) note(`the list can not be read: ${news}`);
      listProblem = now.listProblem;
      told = now.environmentProblem;
      toldOfWalls = now.isolationProblem;
      toldOfRollout = JSON.stringify(now.rollout);
    }
    await delay(interval, undefined, { signal }).catch(() => undefined);
  }
}

/** What is new; null where it was said before. */
const unless = (said: string | null, now: string | null) => (now === said ? null : now);

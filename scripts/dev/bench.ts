// `npm run bench`: this project against other ways to run the same fleet, on embedded clusters of its own.
import { readFileSync } from "node:fs";
import { arch, cpus, platform, totalmem } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { UserError } from "../../config/errors";
import { exitCodes, note, print, printJson, wholeNumber } from "../cli/common";
import { fail } from "../cli/main";
import { ensureTools, operationTools, toolEnvironment } from "../machine/tools";
import { leaveUsersWorld, openArena, closeArena, entries, installedStores, remainingStores, writeList, type Arena } from "./bench/arena";
import { contenders, phases, type Contender, type Phase } from "./bench/contenders";
import { lookAtRest } from "./bench/at-rest";
import { measure, type Measurement } from "./bench/measure";
import { rowOf, tableOf, tableOfLooks, type Row } from "./bench/report";
import { checkTargets, describeTarget } from "./bench/targets";

interface Flags {
  stores?: number;
  full?: boolean;
  runs?: number;
  only?: string[];
  atRest?: boolean;
  json?: boolean;
}

/** A store takes these ten seconds and more, so that --full measures their rate on fewer. */
const mostForOthers = 20;

async function bench(flags: Flags, signal: AbortSignal): Promise<void> {
  if (platform() !== "linux") throw new UserError("the benchmark reads /proc: it needs Linux");
  const chosen = flags.only ? contenders.filter(({ name }) => flags.only?.includes(name)) : contenders;
  const stores = flags.stores ?? (flags.full ? 200 : 20);
  const runs = flags.runs ?? (flags.full ? 1 : 3);
  leaveUsersWorld();
  await ensureTools(operationTools, note);
  if (flags.atRest) {
    const looks = await lookAtRest(flags.stores ?? 1000, flags.runs ?? 3, signal, note);
    return flags.json ? printJson({ machine: machine(), looks }) : print(`${machineInWords(machine())}\n\n${tableOfLooks(looks, flags.stores ?? 1000)}`);
  }

  const measured = new Map<string, Measurement[]>();
  const count = (contender: Contender) => (flags.full && contender.name !== "ours" ? Math.min(stores, mostForOthers) : stores);
  for (let run = 1; run <= runs; run++) {
    for (const contender of chosen) {
      const results = await runContender(contender, count(contender), signal, (text) => note(`run ${run}/${runs}, ${contender.title}: ${text}`));
      for (const [phase, result] of results) {
        const key = `${phase} ${contender.name}`;
        measured.set(key, [...(measured.get(key) ?? []), result]);
      }
    }
  }
  const rows = phases.flatMap((phase) => chosen.map((contender) => rowOf(phase, contender, count(contender), measured.get(`${phase} ${contender.name}`) ?? [])));
  report(rows, runs, flags.json ?? false);
}

/** All phases of one contender, on a cluster that nobody used before. */
async function runContender(contender: Contender, stores: number, signal: AbortSignal, say: (text: string) => void): Promise<Map<Phase, Measurement>> {
  say("starting a fresh cluster");
  const arena = await openArena(signal, () => undefined);
  try {
    const wanted = entries(stores);
    const changed = wanted.map((entry, index) => (index === 0 ? { ...entry, title: `${entry.title}, renamed` } : entry));
    const lists = { before: writeList(arena, "stores", wanted), after: writeList(arena, "stores-changed", changed) };
    const results = new Map<Phase, Measurement>();
    for (const phase of phases) {
      signal.throwIfAborted();
      say(`${phase}, ${stores} stores …`);
      const { env, ...run } = await contender.prepare(arena, phase, phase === "create" || phase === "no-op" ? lists.before : lists.after);
      const log = join(arena.folder, `${phase}.log`);
      const result = await measure({ ...run, env: { ...arena.variables, ...env }, log }, arena.mark, signal);
      await requireDone(arena, phase, stores, result.code, log);
      results.set(phase, result);
      say(`${phase}: ${result.seconds.toFixed(1)} s, ${result.cpuSeconds.toFixed(1)} CPU s, ${Math.round(result.peakBytes / 2 ** 20)} MiB`);
    }
    return results;
  } finally {
    await closeArena(arena);
  }
}

/** A contender that did not do the work has no time. */
async function requireDone(arena: Arena, phase: Phase, stores: number, code: number, log: string): Promise<void> {
  const [installed, remaining] = [await installedStores(arena), await remainingStores(arena)];
  const done = phase === "destroy" ? remaining === 0 : installed === stores;
  if (code === 0 && done) return;
  const output = readFileSync(log, "utf8").trimEnd().split("\n").slice(-30).join("\n");
  throw new UserError(`${phase} ended with code ${code}, ${installed} of ${stores} stores installed, ${remaining} namespaces there; its last words:\n${output}`);
}

const machine = () => ({
  cores: cpus().length, memoryGiB: Math.round(totalmem() / 2 ** 30), cpu: cpus()[0]?.model ?? arch(), node: process.version, plugins: toolEnvironment().PATH.includes("stand-ins-") ? "stand-ins" : "real",
});
const machineInWords = ({ cores, cpu, memoryGiB, node, plugins }: ReturnType<typeof machine>) => `${cores} cores (${cpu}), ${memoryGiB} GiB, Node ${node}, provider plugins: ${plugins}`;

function report(rows: Row[], runs: number, json: boolean): void {
  const targets = checkTargets(rows);
  if (json) return printJson({ machine: machine(), runs, rows, targets });
  print(`${machineInWords(machine())}, ${runs === 1 ? "one run" : `medians of ${runs} runs`}\n`);
  print(tableOf(rows, new Map(contenders.map(({ name, title }) => [name, title]))));
  print(`\n${targets.map(describeTarget).join("\n")}`);
}

function contenderNames(text: string): string[] {
  const names = text.split(",");
  const unknown = names.filter((name) => !contenders.some((contender) => contender.name === name));
  if (unknown.length > 0) throw new UserError(`--only: there is no contender "${unknown[0]}"`, `There are: ${contenders.map(({ name }) => name).join(", ")}.`);
  return names;
}

async function main(): Promise<void> {
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      note("stopping: ending what runs, removing the cluster");
      stop.abort();
    });
  }
  const program = new Command("npm run bench --")
    .description("time, CPU and memory of this project and of other ways to run the same fleet")
    .option("--stores <n>", "stores in the fleet (default: 20, with --full 200)", wholeNumber("--stores", 1))
    .option("--full", "200 stores; the other ways run at most 20, which gives their rate")
    .option("--runs <n>", "runs, of which the medians count (default: 3, with --full 1)", wholeNumber("--runs", 1))
    .option("--only <names>", `some of ${contenders.map(({ name }) => name).join(",")}`, contenderNames)
    .option("--at-rest", "what it costs to look at so many stores (default: 1000) in which nothing is to be done, three times each")
    .option("--json", "one JSON document on standard output")
    .parse();
  try {
    await bench(program.opts<Flags>(), stop.signal);
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    process.exitCode = exitCodes.interrupted;
  }
}

main().catch(fail);

import { atATime, type Contender, type Phase } from "./contenders";
import type { Look } from "./at-rest";
import type { Measurement } from "./measure";

/** One line of the table: medians over the runs. */
export interface Row {
  phase: Phase;
  contender: string;
  stores: number;
  concurrency: number;
  seconds: number;
  cpuSeconds: number;
  peakMiB: number;
  storesPerMinute: number;
  /** Memory for each store in flight, where all of them are worked on. */
  storeMiB?: number;
}

export function median(numbers: readonly number[]): number {
  if (numbers.length === 0) throw new Error("no median of nothing");
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2;
}

export function rowOf(phase: Phase, contender: Contender, stores: number, runs: readonly Measurement[]): Row {
  const seconds = median(runs.map((run) => run.seconds));
  const inFlight = Math.min(atATime(contender, phase), stores);
  const ofStores = runs.map(({ peakBytes, rootBytes }) => (peakBytes - (contender.supervised ? rootBytes : 0)) / inFlight);
  return {
    phase,
    contender: contender.name,
    stores,
    concurrency: inFlight,
    seconds: round(seconds, 2),
    cpuSeconds: round(median(runs.map((run) => run.cpuSeconds)), 2),
    peakMiB: Math.round(median(runs.map((run) => run.peakBytes)) / mebi),
    storesPerMinute: round((stores * 60) / seconds, 1),
    ...(changesAll(phase) && { storeMiB: Math.round(median(ofStores) / mebi) }),
  };
}

const changesAll = (phase: Phase) => phase === "create" || phase === "destroy";
const mebi = 2 ** 20;
const round = (value: number, digits: number) => Number(value.toFixed(digits));

/** Markdown, so that it can go into the documentation as it is. */
export function tableOf(rows: readonly Row[], titles: ReadonlyMap<string, string>): string {
  const head = ["Phase", "By", "Stores", "At a time", "Wall s", "Stores/min", "CPU s", "CPU s/store", "Peak MiB", "MiB/store"];
  const cells = rows.map((row) => [
    row.phase,
    titles.get(row.contender) ?? row.contender,
    String(row.stores),
    String(row.concurrency),
    row.seconds.toFixed(1),
    row.storesPerMinute.toFixed(row.storesPerMinute < 100 ? 1 : 0),
    row.cpuSeconds.toFixed(1),
    (row.cpuSeconds / row.stores).toFixed(2),
    String(row.peakMiB),
    String(row.storeMiB ?? "-"),
  ]);
  return markdown(head, cells, 2);
}

/** The smallest and the median wall time: what else runs on a machine only ever adds to it. */
export function tableOfLooks(looks: readonly Look[], stores: number): string {
  const cells = looks.map(({ command, runs }) => {
    const seconds = runs.map((run) => run.seconds);
    return [`stores ${command}`, String(stores), Math.min(...seconds).toFixed(1), median(seconds).toFixed(1), median(runs.map((run) => run.cpuSeconds)).toFixed(1), String(Math.round(Math.max(...runs.map((run) => run.peakBytes)) / mebi))];
  });
  return markdown(["Command", "Stores", "Smallest s", "Median s", "CPU s", "Peak MiB"], cells, 1);
}

/** @param texts how many columns are no numbers */
function markdown(head: string[], cells: string[][], texts: number): string {
  const widths = head.map((title, column) => Math.max(title.length, ...cells.map((line) => (line[column] as string).length)));
  const isText = (column: number) => column < texts;
  const pad = (cell: string, column: number) => (isText(column) ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0));
  const line = (words: string[]) => `| ${words.map(pad).join(" | ")} |`;
  const rule = widths.map((width, column) => (isText(column) ? "-".repeat(width) : `${"-".repeat(width - 1)}:`));
  return [line(head), `| ${rule.join(" | ")} |`, ...cells.map(line)].join("\n");
}

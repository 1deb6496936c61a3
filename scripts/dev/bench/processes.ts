import { readdirSync, readFileSync } from "node:fs";

/** The environment variable whose value marks the processes of one benchmark. */
export const markVariable = "STOREFLEET_BENCH";

/** The kernel counts in these for every program, whatever its own clock is. */
const ticksPerSecond = 100;

/** What /proc says about a process; times in CPU seconds. */
export interface Stat {
  pid: number;
  parent: number;
  zombie: boolean;
  /** Of the process itself. */
  ownTime: number;
  /** Of its ended children, and theirs. */
  childrenTime: number;
  /** In ticks since boot: tells two processes of one pid apart. */
  startTime: string;
}

export const cpuTime = ({ ownTime, childrenTime }: Stat) => ownTime + childrenTime;

export function readStat(pid: number): Stat | undefined {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return undefined; // it has just ended
  }
}

/** The program's name, in parentheses, may hold blanks and parentheses. */
export function parseStat(text: string): Stat {
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const seconds = (first: number) => (Number(fields[first]) + Number(fields[first + 1])) / ticksPerSecond;
  return {
    pid: Number.parseInt(text, 10),
    parent: Number(fields[1]),
    zombie: fields[0] === "Z",
    ownTime: seconds(11),
    childrenTime: seconds(13),
    startTime: fields[19] ?? "",
  };
}

/** All living processes that carry the mark. */
export function markedProcesses(mark: string): Stat[] {
  const needle = `\0${markVariable}=${mark}\0`;
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry) && environmentOf(entry).includes(needle))
    .flatMap((entry) => readStat(Number(entry)) ?? [])
    .filter(({ zombie }) => !zombie);
}

function environmentOf(pid: string): string {
  try {
    return `\0${readFileSync(`/proc/${pid}/environ`, "latin1")}`;
  } catch {
    return ""; // ended, or another user's
  }
}

/** Bytes of a process's own memory and of its share in what it shares. */
export function proportionalMemory(pid: number): number {
  try {
    return Number(/^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

/** Ends every process of a benchmark at once: what they worked on is thrown away as well. */
export function endMarked(mark: string): void {
  for (const { pid } of markedProcesses(mark)) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It ended by itself.
    }
  }
}

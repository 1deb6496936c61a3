import type { Log } from "./locations";

/** `45 s`, `3 min 5 s`, `2 h 20 min`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  const minutes = Math.floor(whole / 60);
  if (minutes >= 60) return `${Math.floor(minutes / 60)} h${minutes % 60 ? ` ${minutes % 60} min` : ""}`;
  return whole < 60 ? `${whole} s` : `${minutes} min${whole % 60 ? ` ${whole % 60} s` : ""}`;
}

/** Says every few seconds in a terminal, less often in a log file, how far `work` has come. */
export async function withProgress<T>(log: Log, status: (elapsed: number) => string, work: () => Promise<T>): Promise<T> {
  const started = Date.now();
  const every = process.stdout.isTTY || process.stderr.isTTY ? 5_000 : 20_000;
  const timer = setInterval(() => log(status((Date.now() - started) / 1000)), every);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

import { readFileSync, readdirSync } from "node:fs";

const read = (pid: number, file: string) => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return ""; // it has just ended, or is another user's
  }
};

/** A process's arguments, each with a zero byte after it. */
export const commandLine = (pid: number) => read(pid, "cmdline");

/** Process ids of everything that has this `NAME=value` in its environment. */
export const startedWith = (variable: string): number[] =>
  readdirSync("/proc").filter((entry) => /^\d+$/.test(entry)).map(Number).filter((pid) => read(pid, "environ").split("\0").includes(variable));

import { stripVTControlCharacters } from "node:util";
import { setGiven } from "../../../config/stores-command";
import { main } from "../../../scripts/cli/main";

/** What a command ended with. */
export interface Answer {
  code: number;
  out: string;
  err: string;
}

/** Runs the `stores` command in this process: a process of its own costs a quarter of a second. */
export async function stores(...args: string[]): Promise<Answer> {
  const written = { out: "", err: "" };
  const { stdout, stderr, exitCode } = process;
  const real = { out: stdout.write, err: stderr.write };
  const keep = (which: "out" | "err") => ((text: string) => ((written[which] += stripVTControlCharacters(text)), true)) as typeof stdout.write;
  Object.assign(stdout, { write: keep("out") });
  Object.assign(stderr, { write: keep("err") });
  process.exitCode = undefined;
  try {
    await main(args);
    return { code: Number(process.exitCode ?? 0), ...written };
  } finally {
    Object.assign(stdout, { write: real.out });
    Object.assign(stderr, { write: real.err });
    setGiven({ env: "local", file: undefined, context: undefined, recorded: undefined });
    process.exitCode = exitCode;
  }
}

import { createInterface } from "node:readline/promises";
import type { Command } from "commander";
import { UserError } from "../../config/errors";
import { environmentNames, type EnvironmentName } from "../../config/names";
import type { Answer, answers } from "../operations/answers";
import type { Listener } from "../operations/scope";
import { progress } from "./ui/progress";

/** Options that every command takes. */
export interface Common {
  env: EnvironmentName;
  file?: string;
  json?: boolean;
}

/** Exit codes besides 0: 1 for errors and failed stores, 2 for a plan with changes, 3 for a refusal before anything happened, 130 after Ctrl-C. */
export const exitCodes = { failed: 1, changes: 2, refused: 3, interrupted: 130 } as const;

export function withCommon(command: Command): Command {
  return command
    .option("--env <name>", `environment: ${environmentNames.join(" or ")}`, parseEnvironment, "local" as EnvironmentName)
    .option("--file <list>", "another stores list than config/stores.<env>.yaml")
    .option("--json", "print one JSON document on standard output, and nothing else there");
}

function parseEnvironment(value: string): EnvironmentName {
  const env = environmentNames.find((name) => name === value);
  if (!env) throw new UserError(`there is no environment "${value}"`, `Environments are: ${environmentNames.join(", ")}.`, "usage");
  return env;
}

/** A whole number from `min`, for an option. */
export const wholeNumber = (option: string, min: number) => (value: string) => {
  if (!/^\d{1,6}$/.test(value) || Number(value) < min) throw new UserError(`${option} is "${value}": not a whole number from ${min}`, undefined, "usage");
  return Number(value);
};

/** The answer of a command with --json. */
export const printAnswer = <C extends keyof typeof answers>(_command: C, answer: Answer<C>): void => printJson(answer);

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** What is going on, for people; never on standard output. */
export function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Asks on a terminal; anywhere else the flag is needed, so that no pipeline deletes by default. */
export async function confirm(question: string, flag: string): Promise<void> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) throw new UserError(`${question} — not asked for: there is no terminal`, `Say ${flag} to go ahead.`, "refused-deletion");
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await prompt.question(`${question} [y/N] `).finally(() => prompt.close());
  if (!/^y(es)?$/i.test(answer.trim())) throw new UserError("nothing was done", undefined, "refused-deletion");
}

/**
 * Runs `body` with a signal that the first Ctrl-C (or SIGTERM) aborts: no new store starts, those under way are
 * cancelled cleanly. A second one ends this process; the workers then clean up on their own.
 */
export async function interruptible<T>(
  body: (signal: AbortSignal) => Promise<T>,
  text = "stopping: no new store starts, those under way are cancelled; once more to leave at once",
): Promise<T> {
  const controller = new AbortController();
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(exitCodes.interrupted);
    if (text) note(`\n${text}`);
    controller.abort();
  };
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  try {
    return await body(controller.signal);
  } finally {
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
    if (controller.signal.aborted) process.exitCode = exitCodes.interrupted;
  }
}

/** Runs an operation: interruptible, with progress and remarks on standard error. */
export const listening = <T>(body: (listener: Listener) => Promise<T>): Promise<T> => interruptible((signal) => body({ signal, progress: progress(), say: note }));

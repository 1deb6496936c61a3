import { createInterface } from "node:readline";
import type { Command } from "commander";
import { UserError } from "../../config/errors";
import { environmentNames } from "../../config/environments";
import type { EnvironmentName } from "../../config/names";
import type { Answer, answers } from "../operations/answers";
import type { Listener } from "../operations/scope";
import { progress } from "./ui/progress";

/** Options that every command takes. */
export interface Common {
  env: EnvironmentName;
  file?: string;
  context?: string;
  json?: boolean;
}

/** Exit codes besides 0: 1 for errors and failed stores, 2 for a plan with changes, 3 for a refusal before anything happened, 4 for a roll-out that is not finished, 130 after Ctrl-C, 143 after SIGTERM. */
export const exitCodes = { failed: 1, changes: 2, refused: 3, unfinished: 4, interrupted: 130, terminated: 143 } as const;

type Stop = "SIGINT" | "SIGTERM";
const codeOf = (signal: Stop) => (signal === "SIGINT" ? exitCodes.interrupted : exitCodes.terminated);

/** A signal instead of an answer: the command ends, since nothing has been done yet that would have to come to an end. */
export class Interrupted extends UserError {
  readonly exitCode: number;

  constructor(signal: Stop) {
    super("interrupted; nothing was done", undefined, "interrupted");
    this.exitCode = codeOf(signal);
  }
}

/** Which fleet it is about. */
export function withScope(command: Command): Command {
  return command
    .option("--env <name>", "environment, as in Pulumi.<name>.yaml", parseEnvironment, "local")
    .option("--file <list>", "another stores list than config/stores.<env>.yaml");
}

/** A command that goes to the environment's cluster. */
export const withCluster = (command: Command): Command =>
  command.option("--context <name>", "the kubeconfig context of its cluster, in place of the settings' or of what `cluster up` took");

export const withCommon = (command: Command): Command => withScope(command).option("--json", "print one JSON document on standard output, and nothing else there");

/** A command that looks at a fleet or changes it, with one answer. */
export const fleetCommand = (parent: Command, name: string): Command => withCluster(withCommon(parent.command(name)));

function parseEnvironment(value: string): EnvironmentName {
  const known = environmentNames();
  if (known.includes(value)) return value;
  throw new UserError(`there is no environment "${value}"`, `Environments are: ${known.join(", ")}. Another is made by Pulumi.<name>.yaml, with storefleet:settings, and config/stores.<name>.yaml.`, "usage");
}

/** A whole number from `min`, for an option. */
export const wholeNumber = (option: string, min: number) => (value: string) => {
  if (!/^\d{1,6}$/.test(value) || Number(value) < min) throw new UserError(`${option} is "${value}": not a whole number from ${min}`, undefined, "usage");
  return Number(value);
};

/** `90s`, `10m`, `2h`, `1d` as seconds, for an option. */
export const secondsOf = (option: string) => (value: string): number => {
  const [, count, unit = "s"] = /^(\d{1,6})([smhd])?$/.exec(value) ?? [];
  if (count === undefined) throw new UserError(`${option} is "${value}": not a time such as 90s, 10m or 2h`, undefined, "usage");
  return Number(count) * { s: 1, m: 60, h: 3600, d: 86400 }[unit as "s" | "m" | "h" | "d"];
};

/** Where to listen, for --listen. */
export const hostAndPort = (example: string) => (value: string): { host: string; port: number } => {
  const [, host = "", digits = ""] = /^\[?([\w.:-]+?)\]?:(\d{1,5})$/.exec(value) ?? [];
  if (!host || Number(digits) > 65535) throw new UserError(`--listen is "${value}": not a host and a port`, `Write it like ${example}.`, "usage");
  return { host, port: Number(digits) };
};

/** The answer of a command with --json. */
export const printAnswer = <C extends keyof typeof answers>(_command: C, answer: Answer<C>): void => printJson(answer);

/** One of many answers of a command that goes on, in one line. */
export const printAnswerLine = <C extends keyof typeof answers>(_command: C, answer: Answer<C>): void => print(JSON.stringify(answer));

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

/**
 * Asks on a terminal; anywhere else the flag is needed, so that no pipeline deletes by default.
 * @param typed what has to be typed; null: a yes is enough
 */
export async function confirm(question: string, flag: string, typed: string | null = null, terminal: Terminal = { input: process.stdin, output: process.stderr }): Promise<void> {
  if (!terminal.input.isTTY || !terminal.output.isTTY) throw new UserError(`${question} — not asked for: there is no terminal`, `Say ${flag} to go ahead.`, "refused-deletion");
  const answer = (await ask(`${question} ${typed === null ? "[y/N]" : `Type ${typed} to go ahead:`} `, terminal)).trim();
  if (typed === null ? !/^y(es)?$/i.test(answer) : answer !== typed) throw new UserError("nothing was done", undefined, "refused-deletion");
}

interface Terminal {
  input: NodeJS.ReadableStream & { isTTY?: boolean };
  output: NodeJS.WritableStream & { isTTY?: boolean };
}

/** Whether a question waits for its answer; a signal is for it then. */
let asking = false;

/** One line of a terminal; empty at its end (Ctrl-D). Throws `Interrupted` at Ctrl-C and SIGTERM. */
export async function ask(question: string, terminal: Terminal): Promise<string> {
  const prompt = createInterface({ ...terminal, terminal: true });
  let stop: (signal: Stop) => void = () => {};
  asking = true;
  try {
    return await new Promise<string>((resolve, reject) => {
      const leave = (end: () => void) => {
        terminal.output.write("\n");
        end();
      };
      stop = (signal) => leave(() => reject(new Interrupted(signal)));
      process.on("SIGINT", stop).on("SIGTERM", stop);
      // The terminal does not turn Ctrl-C into a signal while a line is edited.
      prompt.on("SIGINT", () => stop("SIGINT")).on("close", () => leave(() => resolve(""))).question(question, resolve);
    });
  } finally {
    prompt.removeAllListeners("close");
    asking = false;
    process.off("SIGINT", stop).off("SIGTERM", stop);
    prompt.close();
  }
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
  let code: number = exitCodes.interrupted;
  const onSignal = (signal: Stop) => {
    if (asking) return;
    code = codeOf(signal);
    if (controller.signal.aborted) process.exit(code);
    if (text) note(`\n${text}`);
    controller.abort();
  };
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  try {
    return await body(controller.signal);
  } finally {
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
    if (controller.signal.aborted) process.exitCode = code;
  }
}

/** Where the record of an operation is, and the end of the audit trail, by which somebody who keeps it can prove later that nothing was taken away. */
export function printOperation(operation: { id: string; audit: { seq: number; hash: string } } | null): void {
  if (operation) note(`\noperation ${operation.id}; the audit trail ends with entry ${operation.audit.seq}, ${operation.audit.hash}`);
}

/** Runs an operation: interruptible, with progress and remarks on standard error. */
export const listening = <T>(body: (listener: Listener) => Promise<T>): Promise<T> => interruptible((signal) => body({ signal, progress: progress(), say: note }));

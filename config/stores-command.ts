import { isAbsolute, relative, resolve } from "node:path";
import type { EnvironmentName } from "./names";
import { projectRoot } from "./root";

/** What of a command decides which shops, and which cluster, it is about. */
export interface Given {
  env: EnvironmentName;
  /** A stores list, relative to the current folder. */
  file?: string;
  /** The context that its cluster was named by, where the environment itself would take another. */
  context?: string;
  /** A context that `cluster up` has to be told again, since the settings do not name it. */
  recorded?: string;
}

let given: Given = { env: "local" };

/** Told by the command line, and by whoever opens a session, what this process is about; what is not said stays. */
export function setGiven(now: Partial<Given>): void {
  given = { ...given, ...now };
}

/**
 * `./scripts/stores …` as it can be pasted into a shell in the project's folder: about the environment, the list and the
 * context of the command that prints it.
 * @param words with `shellWord` around what may hold anything
 * @param about where it is not about what this process is about, such as in the programs of stacks
 */
export function storesCommand(words: string, about: Partial<Given> = {}): string {
  const { env, file, context, recorded } = { ...given, ...about };
  const listless = /^(cluster|images|rbac|state)\b/.test(words);
  const named = words.startsWith("cluster up") ? (context ?? recorded) : /^(validate|schema|hosts|completion|cluster|rbac|state|export)\b/.test(words) ? undefined : context;
  const flags = [
    ...(env === "local" ? [] : [`--env ${env}`]),
    ...(file === undefined || listless ? [] : [`--file ${shellWord(fromProject(file))}`]),
    ...(named === undefined ? [] : [`--context ${shellWord(named)}`]),
  ];
  return ["./scripts/stores", words, ...flags].join(" ");
}

/** A command of pulumi, kubectl or helm as it can be pasted there, with what it needs before it. */
export const byHand = (command: string, about?: Partial<Given>) => `eval "$(${storesCommand("env", about)})" && ${command}`;

/** For any POSIX shell. */
export const quote = (value: string) => `'${value.replaceAll("'", `'\\''`)}'`;

/** As it is where a shell takes it so, else in quotes. */
export const shellWord = (value: string) => (/^[\w@%+=:,./-]+$/.test(value) ? value : quote(value));

/** The path of a file from the project's folder, whole if it lies elsewhere. */
export function fromProject(file: string): string {
  const path = relative(projectRoot, resolve(file));
  return path.startsWith("..") || isAbsolute(path) ? resolve(file) : path;
}

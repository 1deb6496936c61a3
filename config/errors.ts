/** Errors that a caller can tell apart. `true`: a refusal, before anything happened. */
export const errorCodes = {
  /** The command line says something that can not be meant. */
  usage: true,
  "list-invalid": true,
  "settings-invalid": true,
  "unknown-store": true,
  /** The shell's variables are another environment's. */
  "foreign-shell": true,
  /** What would be made is there, and is somebody else's. */
  "foreign-object": true,
  /** The state is about another cluster, or the context leads to one. */
  "another-cluster": true,
  /** The local state is in two places, which differ. */
  "two-states": true,
  "no-cluster": true,
  /** The environment's stack is not up. */
  "no-environment": true,
  protected: true,
  /** Deletions that are too many, not agreed to, or follow from an empty list. */
  "refused-deletion": true,
  /** Another kind of cluster, or one with stores, which a reset does not delete. */
  "refused-reset": true,
  "plan-invalid": true,
  "plan-out-of-date": true,
  "not-ready": true,
  /** By a signal, while a question was asked; nothing had been done. */
  interrupted: false,
  "cluster-unreachable": false,
  failed: false,
} as const;
export type ErrorCode = keyof typeof errorCodes;

/** An expected error: its message is for people and is printed without a stack. */
export class UserError extends Error {
  constructor(
    message: string,
    /** What to do about it, printed on its own line. */
    readonly hint?: string,
    readonly code: ErrorCode = "failed",
  ) {
    super(message);
    this.name = new.target.name;
  }
}

/** One thing wrong in a stores list, with its place and its repair. Lines and columns count from 1. */
export interface ListProblem {
  file: string;
  line: number;
  column: number;
  /** Keys and indexes from the top, such as `["stores", 2, "plan"]`; empty for the file as a whole. */
  path: (string | number)[];
  /** The offending value as written, shortened; absent where nothing is written. */
  value?: string;
  message: string;
  repair: string;
}

/** `file:line:column: message (value …) — repair`, the form that editors and CI logs turn into links. */
export function formatProblem(problem: ListProblem): string {
  const value = problem.value === undefined ? "" : ` (value ${problem.value})`;
  return `${problem.file}:${problem.line}:${problem.column}: ${problem.message}${value} — ${problem.repair}`;
}

/** Everything wrong in a stores list at once, in the order of the file. */
export class ListErrors extends UserError {
  /** @param origin why it is this list that is read, where nobody named it */
  constructor(readonly problems: ListProblem[], origin?: string) {
    super(problems.map(formatProblem).join("\n"), ["Nothing was changed: the list is read as a whole or not at all.", origin].filter(Boolean).join("\n"), "list-invalid");
  }
}

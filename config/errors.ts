/** Errors that a caller can tell apart; docs/troubleshooting.md is made from this. `refused`: before anything happened, so that the exit code is 3. */
export const errorCodes = {
  usage: { refused: true, means: "the command line says something that can not be meant" },
  "list-invalid": { refused: true, means: "the list can not be read, or is wrong; `problems` has each place with its repair" },
  "list-changed": { refused: true, means: "the list is another one than it was edited as; nothing was written" },
  "key-reused": { refused: true, means: "two different requests have the same idempotency key" },
  "settings-invalid": { refused: true, means: "`Pulumi.<env>.yaml` is wrong" },
  "unknown-store": { refused: true, means: "a store is named that is neither listed nor running" },
  "name-taken": { refused: true, means: "a store of that name is in the list already" },
  "edit-refused": { refused: true, means: "a change of the list that is none, or that only a person can make: the list is as it was" },
  "foreign-shell": { refused: true, means: "the shell's variables are another environment's" },
  "foreign-object": { refused: true, means: "what would be made is there, and is somebody else's" },
  "another-cluster": { refused: true, means: "the state is about another cluster, or the context leads to one" },
  "two-states": { refused: true, means: "the local state is in two places, which differ" },
  "no-cluster": { refused: true, means: "the environment has no cluster, or it does not run" },
  "no-environment": { refused: true, means: "the environment's stack is not up: `cluster up`" },
  "not-isolated": { refused: true, means: "the environment asks for enforced network policies, and the cluster is not known to do that" },
  "no-certificate": { refused: true, means: "the issuer of the settings, or its certificate of all generated hosts, is not there or not ready" },
  protected: { refused: true, means: "a store that was to go is protected" },
  "refused-deletion": { refused: true, means: "deletions that are too many, not agreed to, or follow from an empty list; or nobody agreed to break a lock" },
  "refused-reset": { refused: true, means: "another kind of cluster, or one with stores, which a reset does not delete" },
  "plan-invalid": { refused: true, means: "a file is no saved plan" },
  "plan-out-of-date": { refused: true, means: "list, fleet or commit changed since the plan was saved, or that was three days ago" },
  "not-ready": { refused: true, means: "the store, or its pods, are not in a state for this" },
  "not-recorded": { refused: true, means: "it could not be noted down in the audit trail, so it was not done" },
  forbidden: { refused: false, means: "the account has no right to that; the message names it" },
  interrupted: { refused: false, means: "by a signal, while a question was asked; nothing had been done" },
  "state-unusable": { refused: false, means: "the state's backend or key does not answer, lets nobody in, or is not there; the message says which" },
  "cluster-unreachable": { refused: false, means: "the API server does not answer, or does not accept the login" },
  failed: { refused: false, means: "anything else; the message says what" },
} as const satisfies Record<string, { refused: boolean; means: string }>;
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

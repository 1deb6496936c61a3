/** An expected error: its message is for people and is printed without a stack. */
export class UserError extends Error {
  constructor(
    message: string,
    /** What to do about it, printed on its own line. */
    readonly hint?: string,
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
  constructor(readonly problems: ListProblem[]) {
    super(problems.map(formatProblem).join("\n"), "Nothing was changed: the list is read as a whole or not at all.");
  }
}

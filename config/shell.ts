import { UserError } from "./errors";
import type { EnvironmentName } from "./names";
import { variables, variablesOfOneEnvironment } from "./variables";

/** Refuses a shell whose variables were exported for another environment: its state, list or cluster would be used for this one. */
export function refuseForeignShell(env: EnvironmentName): void {
  const theirs = variables.STOREFLEET_ENV;
  if (!theirs || theirs === env) return;
  const set = variablesOfOneEnvironment.filter((name) => variables[name] !== undefined);
  throw new UserError(
    `this shell has the variables of environment ${theirs} (stores env), and this is about ${env}; nothing was done`,
    `Open another shell, or: unset ${set.join(" ")}`,
    "foreign-shell",
  );
}

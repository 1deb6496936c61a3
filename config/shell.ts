import { UserError } from "./errors";
import type { EnvironmentName } from "./names";

/** What `stores env` exports for one environment alone; `STOREFLEET_ENV` says for which. */
const bound = [
  "STOREFLEET_ENV", "STOREFLEET_FILE", "STOREFLEET_CONTEXT", "STOREFLEET_INGRESS_PORTS", "KUBECONFIG",
  "PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE",
];

/** Refuses a shell whose variables were exported for another environment: its state, list or cluster would be used for this one. */
export function refuseForeignShell(env: EnvironmentName, variables: NodeJS.ProcessEnv = process.env): void {
  const theirs = variables.STOREFLEET_ENV;
  if (!theirs || theirs === env) return;
  const set = bound.filter((name) => variables[name] !== undefined);
  throw new UserError(
    `this shell has the variables of environment ${theirs} (stores env), and this is about ${env}; nothing was done`,
    `Open another shell, or: unset ${set.join(" ")}`,
    "foreign-shell",
  );
}

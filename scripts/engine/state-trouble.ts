import { settingsFile } from "../../config/environment";
import { UserError } from "../../config/errors";
import type { EnvironmentName } from "../../config/names";
import { words } from "../machine/foreign-words";

/** What keeps the CLI from a state, and what to do about it. */
export interface StateTrouble {
  what: string;
  mend: (env: EnvironmentName) => string;
}

type Row = [matches: RegExp, what: string, mend: StateTrouble["mend"]];

const inSettings = (env: EnvironmentName) => `storefleet:state in ${settingsFile(env)} (PULUMI_BACKEND_URL goes before it)`;

const ofBackend: Row[] = [
  [words.backend.login, "the login to the state's backend is missing or wrong", () => "Set it by the usual variables, such as AWS_PROFILE, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, PGPASSWORD or PULUMI_ACCESS_TOKEN."],
  [words.backend.away, "the state's backend does not answer", (env) => `Is it up, and does this machine reach it? Else mend ${inSettings(env)}.`],
  [words.backend.denied, "the state's backend lets this login not do what it needs", () => "It has to list, read, write and delete there."],
  [words.backend.missing, "the state's backend is not there", (env) => `Make the bucket, database or folder, or mend ${inSettings(env)}.`],
];

const ofKey: Row[] = [
  [words.key.noPassphrase, "the state's passphrase is not set", () => "Set PULUMI_CONFIG_PASSPHRASE, or PULUMI_CONFIG_PASSPHRASE_FILE."],
  [words.key.wrongPassphrase, "the passphrase is not the state's", () => "Set PULUMI_CONFIG_PASSPHRASE, or PULUMI_CONFIG_PASSPHRASE_FILE, to that which the state was made with."],
  [words.key.login, "the login to the state's key is missing or wrong", () => "Set it by the usual variables, such as AWS_PROFILE, GOOGLE_CREDENTIALS, AZURE_CLIENT_ID and its like, or VAULT_ADDR and VAULT_TOKEN."],
  [words.key.away, "the state's key does not answer", () => "Is its service up, and does this machine reach it?"],
  [words.key.denied, "the state's key lets this login not use it", () => "It has to encrypt and decrypt by it."],
  [words.key.missing, "the state's key is not the one that it was encrypted by, or is not there any more", () => "Enable that key, or its earlier version, again: nothing else opens the state."],
];

/** What the CLI complains of, where it is where the state is or what opens it. */
export function stateTrouble(complaint: string): StateTrouble | undefined {
  const rows = words.key.any.test(complaint) ? ofKey : words.backend.any.test(complaint) ? ofBackend : [];
  const row = rows.find(([matches]) => matches.test(complaint));
  return row && { what: row[1], mend: row[2] };
}

/** The CLI's error without what its libraries print before it. */
export function lastError(output: string): string {
  const from = output.lastIndexOf("error: ");
  return (from < 0 ? output : output.slice(from + "error: ".length)).trim();
}

/** A command of the CLI failed; `failing` says what that means. */
export function cliFailure(env: EnvironmentName, failing: string, complaint: string): UserError {
  const trouble = stateTrouble(complaint);
  return trouble ? new UserError(`${failing}: ${trouble.what}\n${complaint}`, trouble.mend(env), "state-unusable") : new UserError(`${failing}: ${complaint}`);
}

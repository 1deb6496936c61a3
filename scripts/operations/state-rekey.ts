import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { settingsFile } from "../../config/environment";
import { UserError } from "../../config/errors";
import type { EnvironmentName } from "../../config/names";
import { projectRoot } from "../../config/root";
import { readState } from "../../config/state";
import { holderInWords, unlockCommand } from "../engine/locks";
import { keyInWords, lockHolders, recordedStack, stackNames, type CliPlace, type StackKey } from "../engine/recorded-stacks";
import { keyLines, rekey } from "../engine/rekey";
import { forgetSalts, holdsSecrets, withoutKey } from "../engine/state";
import { writeWhole } from "../machine/os/write-whole";
import { noteOfState } from "./records/of-state";
import type { Listener, Scope } from "./scope";
import { openState, severally } from "./state-place";

export interface RekeyedStack {
  name: string;
  result: "rekeyed" | "unchanged" | "failed";
  /** What encrypted its secrets before. */
  from: string;
  error: string | null;
}

export interface Rekeyed {
  env: EnvironmentName;
  secretsProvider: string;
  /** Those that were looked at before an interruption. */
  stacks: RekeyedStack[];
  /** Whether the settings' own secrets were encrypted anew, so that the file is to be committed. */
  settingsChanged: boolean;
}

/**
 * Brings every stack of an environment to the key that its settings name. It may be ended at any moment and done again: a stack that is
 * there already is left alone. The environment's own goes first: what is wrong with the key shows there.
 */
export async function rekeyState(scope: Pick<Scope, "env">, listener: Pick<Listener, "say" | "signal">, { secretsProvider } = readState(scope.env), open = openState, note = noteOfState): Promise<Rekeyed> {
  const { env } = scope;
  if (secretsProvider === undefined) {
    throw new UserError(
      `nothing says what the stacks of ${env} are to be encrypted by`,
      `Set it in ${settingsFile(env)}, such as: storefleet:state: { secretsProvider: "awskms://alias/NAME?region=…" }`,
      "settings-invalid",
    );
  }
  const place = await open(scope, listener);
  const names = await stackNames(place, env);
  let settingsChanged = false;
  let noted: Promise<void> | undefined;
  const bring = async (name: string): Promise<RekeyedStack> => {
    const row: RekeyedStack = { name, result: "unchanged", from: secretsProvider, error: null };
    try {
      const { key } = await recordedStack(place, name);
      // Secrets among the settings have the key that the file names.
      const file = name === env ? readSettingsFile(env) : "";
      const from = [key, keyOfFile(file)].filter((it) => it !== undefined).map(keyInWords).filter((it) => it !== secretsProvider);
      if (from.length === 0 && key !== undefined) return row;
      row.from = [...new Set(from)].join(", ");
      await refuseLocked(place, name, secretsProvider);
      // Once, and only where something is done at all.
      await (noted ??= note(scope, { action: "state.rekeyed", reason: `to ${secretsProvider}` }, listener.say));
      const after = await rekey(place, name, secretsProvider, holdsSecrets(file) ? file : keyLines(key) + withoutKey(file));
      if (holdsSecrets(file)) settingsChanged = putSettingsFile(env, file, after);
      listener.say(`${name}: ${row.from} → ${secretsProvider}`);
      return { ...row, result: "rekeyed" };
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return { ...row, result: "failed", error: [error.message, error.hint].filter(Boolean).join("\n") };
    }
  };
  const own = await severally(names.filter((name) => name === env), listener.signal, bring);
  const stores = own.some(({ result }) => result === "failed") ? [] : await severally(names.filter((name) => name !== env), listener.signal, bring);
  // What the CLI noted beside the settings when it was used by hand would bring the old key back.
  forgetSalts(env);
  return { env, secretsProvider, stacks: [...own, ...stores], settingsChanged };
}

async function refuseLocked(place: CliPlace, stack: string, secretsProvider: string): Promise<void> {
  const [holder] = await lockHolders(place, stack, secretsProvider);
  if (!holder) return;
  throw new UserError(
    `somebody works on stack ${stack}: ${holderInWords(holder)}`,
    `Do it again when that is over. If that process is gone for certain: ${unlockCommand(stack, [holder])}`,
  );
}

const pathOf = (env: EnvironmentName) => join(projectRoot, settingsFile(env));
const readSettingsFile = (env: EnvironmentName) => readFileSync(pathOf(env), "utf8");

/** What the settings' own secrets are encrypted by; undefined where there are none. */
function keyOfFile(text: string): StackKey | undefined {
  if (!holdsSecrets(text)) return undefined;
  const { secretsprovider: url } = parse(text) as { secretsprovider?: string };
  return url === undefined || url === "passphrase" ? { type: "passphrase" } : { type: "cloud", state: { url } };
}

function putSettingsFile(env: EnvironmentName, before: string, after: string): true {
  if (readSettingsFile(env) !== before) throw new UserError(`${settingsFile(env)} was edited meanwhile`, "Its secrets are encrypted by the key before: do it again.");
  writeWhole(pathOf(env), after);
  return true;
}

import { UserError } from "../../config/errors";
import type { EnvironmentName } from "../../config/names";
import { holdersIn, words, type LockHolder } from "../machine/foreign-words";
import { runCli } from "./run-cli";

/** Where a command of the CLI runs. */
export type CliPlace = Parameters<typeof runCli>[0];

/** What encrypts the secrets of a stack, as its state has it. */
export interface StackKey {
  /** `passphrase`, `cloud` (a key's URL), or `service` (Pulumi Cloud's own). */
  type: string;
  state?: { salt?: string; url?: string; encryptedkey?: string };
}

export interface RecordedStack {
  /** Absent where nothing was saved yet. */
  key?: StackKey;
  /** Of its resources, in their order. */
  urns: string[];
}

/** The key as the settings write it. */
export const keyInWords = (key: StackKey | undefined): string => (key?.type === "service" ? "Pulumi Cloud's own" : (key?.state?.url ?? key?.type ?? "none yet"));

/** The stacks of an environment, its own first. It reads every one of them on most backends, so nothing that is done each day asks. */
export async function stackNames(place: CliPlace, env: EnvironmentName): Promise<string[]> {
  const list = JSON.parse(await runCli(place, ["stack", "ls", "--json"], "the stacks can not be listed")) as { name: string }[];
  // Pulumi Cloud puts the organization before it.
  const names = list.map(({ name }) => name.split("/").at(-1)!);
  return names.filter((name) => name === env || name.startsWith(`${env}.`)).sort();
}

/** What the state has of a stack; it opens no secret. */
export async function recordedStack(place: CliPlace, stack: string): Promise<RecordedStack> {
  const text = await runCli(place, ["stack", "export", "--stack", stack], `stack ${stack} can not be looked at`);
  const { deployment } = JSON.parse(text) as { deployment?: { secrets_providers?: StackKey; resources?: { urn: string }[] } };
  return { key: deployment?.secrets_providers, urns: (deployment?.resources ?? []).map(({ urn }) => urn) };
}

/**
 * Who holds a stack that is there. No command only looks; to create it once more takes the lock for a moment, and then finds that it
 * exists. Pulumi Cloud tells of no lock this way.
 */
export async function lockHolders(place: CliPlace, stack: string, secretsProvider: string | undefined): Promise<LockHolder[]> {
  try {
    await runCli(place, ["stack", "init", stack, "--no-select", ...givenProvider(secretsProvider)], `the lock of stack ${stack} can not be looked at`);
    return [];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    if (words.pulumi.stackExists.test(error.message)) return [];
    const holders = words.pulumi.locked.test(error.message) ? holdersIn(error.message) : [];
    if (holders.length === 0) throw error;
    return holders;
  }
}

/** Takes all locks of a stack away, whoever holds one. */
export async function cancelLocks(place: CliPlace, stack: string): Promise<void> {
  await runCli(place, ["cancel", "--yes", "--stack", stack], `the lock of stack ${stack} can not be broken`);
}

export const givenProvider = (secretsProvider: string | undefined) => (secretsProvider === undefined ? [] : ["--secrets-provider", secretsProvider]);

import { randomBytes } from "node:crypto";
import type { EnvironmentName } from "../../config/names";
import { readState } from "../../config/state";
import { variables } from "../../config/variables";
import { keepsVersions } from "../engine/bucket-versions";
import { givenProvider, keyInWords, lockHolders, recordedStack, stackNames, type CliPlace } from "../engine/recorded-stacks";
import { inProject } from "../engine/rekey";
import { runCli } from "../engine/run-cli";
import { foreignBackend } from "../engine/state";
import type { Listener, Scope } from "./scope";
import { openState, severally } from "./state-place";

export interface CheckedState {
  env: EnvironmentName;
  /** Where it is, without a login that PULUMI_BACKEND_URL may have in it. */
  backend: string;
  /** Who says so. */
  saidBy: "variable" | "settings" | "login" | "local";
  /** What encrypts the secrets of new stacks; null: the backend's own choice. */
  secretsProvider: string | null;
  /** Whether the bucket keeps what is overwritten or deleted; null: nobody can say. */
  keepsVersions: boolean | null;
  stacks: {
    name: string;
    key: string;
    /** Than that of new ones. */
    otherKey: boolean;
    locks: { host: string; pid: number; since: string }[];
  }[];
}

/** Looks at an environment's state: that it can be read and written, that its key works, and who holds which stack. Throws a UserError that says what is wrong. */
export async function checkState(scope: Pick<Scope, "env">, listener: Pick<Listener, "say" | "signal">, settings = readState(scope.env), open = openState): Promise<CheckedState> {
  const { env } = scope;
  const place = await open(scope, listener);
  const { url } = JSON.parse(await runCli(place, ["whoami", "--verbose", "--json"], `the state of ${env} can not be looked at`)) as { url: string };
  const [versions] = await Promise.all([keepsVersions(url), tryOut(place, settings.secretsProvider)]);
  const stacks = await severally(await stackNames(place, env), listener.signal, async (name) => {
    const { key } = await recordedStack(place, name);
    const otherKey = settings.secretsProvider !== undefined && keyInWords(key) !== settings.secretsProvider;
    const locks = await lockHolders(place, name, settings.secretsProvider);
    return { name, key: keyInWords(key), otherKey, locks: locks.map((lock) => ({ ...lock, since: new Date(lock.since).toISOString() })) };
  });
  return { env, backend: withoutLogin(url), saidBy: saidBy(env, settings.backend), secretsProvider: settings.secretsProvider ?? null, keepsVersions: versions ?? null, stacks };
}

/** Makes a stack and removes it, in a project of its own: that takes every right that is needed, and the key. */
async function tryOut(place: CliPlace, secretsProvider: string | undefined): Promise<void> {
  await inProject("storefleet-check", async (workFolder) => {
    const stack = `check-${randomBytes(4).toString("hex")}`;
    const here = { session: place.session, workFolder };
    await runCli(here, ["stack", "init", stack, "--no-select", ...givenProvider(secretsProvider)], `no stack can be made in the state of ${place.session.env}`);
    await runCli(here, ["stack", "rm", stack, "--yes", "--remove-backups"], `no stack can be removed from the state of ${place.session.env}`);
  });
}

function saidBy(env: EnvironmentName, ofSettings: string | undefined): CheckedState["saidBy"] {
  const byVariable = env === "local" ? variables.PULUMI_BACKEND_URL && foreignBackend() === variables.PULUMI_BACKEND_URL : variables.PULUMI_BACKEND_URL;
  return byVariable ? "variable" : ofSettings !== undefined ? "settings" : env === "local" ? "local" : "login";
}

const withoutLogin = (url: string) => url.replace(/\/\/[^/@]*:[^/@]*@/, "//");

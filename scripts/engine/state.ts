import { randomBytes } from "node:crypto";
import { existsSync, linkSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../config/errors";
import type { EnvironmentName } from "../../config/names";
import { projectRoot } from "../../config/root";
import { readState, type StateSettings } from "../../config/state";
import { storesCommand } from "../../config/stores-command";
import { variables as variablesOfShell } from "../../config/variables";
import { environmentFolder, formerEnvironmentFolder } from "../machine/paths";

/**
 * A folder as a backend. Without the attributes that the backend keeps beside each file: it does not write those in one
 * step, and a run killed in between would leave a stack that can not be read.
 */
const ofFolder = (path: string) => `file://${path}?metadata=skip`;

/** The state of `local` in an environment's folder, as a backend. */
const ownBackend = (folder: string) => ofFolder(join(folder, "state"));

const passphraseFile = (folder: string) => join(folder, "passphrase");

/** A variable that does not say what would be so without it, now or in a shell that was prepared before the state was moved. */
const unlessOwn = (value: string | undefined, own: (folder: string) => string) =>
  value && ![environmentFolder("local"), formerEnvironmentFolder("local")].some((folder) => own(folder) === value) ? value : undefined;

/** The backend of the settings. */
const ofSettings = ({ backend }: StateSettings) => backend?.replace(/^file:\/\/([^?]*)$/, (_, path: string) => ofFolder(path));

/** Where the state of `local` is, if not in its own folder. */
export const foreignBackend = (): string | undefined => unlessOwn(variablesOfShell.PULUMI_BACKEND_URL, ownBackend) ?? ofSettings(readState("local"));

/**
 * Where an environment's state is and what opens it, for the Pulumi CLI: by the usual variables, else by `storefleet:state` in its
 * settings. Without either, `local` keeps its state and a generated passphrase in a folder of its own; any other environment takes what
 * `pulumi login` says: a state that others depend on never ends up on one machine by accident. A passphrase itself is not
 * repeated: whoever is started inherits it, and `stores env` prints none.
 */
export function stateVariables(env: EnvironmentName, settings: StateSettings = readState(env)): Record<string, string> {
  const variables: Record<string, string> = {};
  const { PULUMI_BACKEND_URL, PULUMI_CONFIG_PASSPHRASE, PULUMI_CONFIG_PASSPHRASE_FILE } = variablesOfShell;
  const given = env === "local" ? unlessOwn : (value: string | undefined) => value;
  const backend = given(PULUMI_BACKEND_URL, ownBackend) ?? ofSettings(settings);
  const passphrase = given(PULUMI_CONFIG_PASSPHRASE_FILE, passphraseFile);
  if (backend) variables.PULUMI_BACKEND_URL = backend;
  if (passphrase) variables.PULUMI_CONFIG_PASSPHRASE_FILE = passphrase;
  if (env !== "local") return variables;

  const folder = environmentFolder(env);
  if (!variables.PULUMI_BACKEND_URL) {
    mkdirSync(join(folder, "state"), { recursive: true, mode: 0o700 });
    variables.PULUMI_BACKEND_URL = ownBackend(folder);
  }
  if (PULUMI_CONFIG_PASSPHRASE === undefined && !variables.PULUMI_CONFIG_PASSPHRASE_FILE) {
    const file = ownPassphrase(folder, settings);
    if (file) variables.PULUMI_CONFIG_PASSPHRASE_FILE = file;
  }
  return variables;
}

/** The generated passphrase of `local`; none where a key does its work, and no stack was made with one before. */
function ownPassphrase(folder: string, { secretsProvider = "passphrase" }: StateSettings): string | undefined {
  const file = passphraseFile(folder);
  if (existsSync(file)) return file;
  if (secretsProvider !== "passphrase") return undefined;
  // A new one would open nothing of what is there.
  if (existsSync(join(folder, "state", ".pulumi", "stacks"))) {
    throw new UserError(`the passphrase of the local state is gone: ${file}`, `Restore the file, or start anew: ${storesCommand("cluster reset")}`);
  }
  createPassphrase(folder, file);
  return file;
}

/** Whole from the first moment on, also when two processes come at the same time: the first one's stays. */
function createPassphrase(folder: string, file: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, randomBytes(24).toString("base64url"), { mode: 0o600 });
  try {
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Stores that the own state of `local` has something of. */
export function storesOfOwnState(): string[] {
  const folder = join(environmentFolder("local"), "state", ".pulumi", "stacks", "storefleet");
  if (!existsSync(folder)) return [];
  const stacks = readdirSync(folder).flatMap((file) => /^local\.([^.]+)\.json$/.exec(file)?.[1] ?? []);
  return stacks.filter((store) => /"resources":\s*\[\s*\{/.test(readFileSync(join(folder, `local.${store}.json`), "utf8")));
}

/** Removes what there is of `local`: the state with its passphrase, unless another state is in use, which may need that. */
export function forgetState(): void {
  const folder = environmentFolder("local");
  const doomed = foreignBackend() ? ["work", "logs"].map((name) => join(folder, name)) : [folder];
  for (const path of doomed) rmSync(path, { recursive: true, force: true });
  // What a move left there leads nowhere then.
  if (!existsSync(folder)) rmSync(formerEnvironmentFolder("local"), { force: true });
}

/**
 * What the CLI writes into a stack's file about its key, salt or provider. The state has the one that counts; this one may be of a
 * passphrase that a reset removed, or of a key before `stores state rekey`. Secrets in the file could not be read without it.
 */
export const withoutKey = (text: string) => (holdsSecrets(text) ? text : text.replace(/^(encryptionsalt|secretsprovider|encryptedkey):.*(\n|$)/gm, ""));

export const holdsSecrets = (text: string) => /^\s+secure:/m.test(text);

/** Takes the salts that the CLI left in the checkout out of its files, when the passphrase that they belong to is gone. Names files with secrets of it. */
export function forgetSalts(env: EnvironmentName, root: string = projectRoot): string[] {
  const files = readdirSync(root).filter((name) => new RegExp(`^Pulumi\\.${env}(\\..+)?\\.yaml$`).test(name));
  for (const file of files) {
    const text = readFileSync(join(root, file), "utf8");
    const rest = withoutKey(text);
    if (rest === text) continue;
    if (rest.trim() === "") rmSync(join(root, file));
    else writeFileSync(join(root, file), rest);
  }
  return files.filter((file) => existsSync(join(root, file)) && holdsSecrets(readFileSync(join(root, file), "utf8")));
}

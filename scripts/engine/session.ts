import { createHash, randomBytes } from "node:crypto";
import { existsSync, linkSync, lstatSync, mkdirSync, readFileSync, readdirSync, writeFileSync, symlinkSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { readSettings, settingsFile } from "../../config/environment";
import { UserError } from "../../config/errors";
import type { EnvironmentName } from "../../config/names";
import { projectRoot } from "../../config/root";
import { refuseForeignShell } from "../../config/shell";
import { setGiven, shellWord, storesCommand } from "../../config/stores-command";
import { variables as variablesOfShell } from "../../config/variables";
import { currentCluster, hasRecord, knownContext, whereaboutsOf, type Cluster } from "../machine/cluster";
import { Kube } from "../../kube";
import { clusterName, environmentFolder, formerEnvironmentFolder } from "../machine/paths";
import { ensureTools, operationTools, toolEnvironment, toolPath } from "../machine/tools";

/** What every command that reads or changes a fleet needs: one environment, its cluster and the variables for both. */
export interface Session {
  env: EnvironmentName;
  cluster: Cluster;
  kube: Kube;
  /** For the CLI, providers and programs; also what `stores env` prints. */
  variables: Record<string, string>;
}

/** Which environment, and on which cluster if not on its own. */
export interface Target {
  env: EnvironmentName;
  /** A context of the user's kubeconfig. @default that of the settings, else the cluster that `cluster up` took */
  context?: string;
}

/** Opens an environment on its cluster; changes nothing of either, and remembers nothing. */
export async function openSession({ env, context }: Target): Promise<Session> {
  refuseForeignShell(env);
  const name = clusterName(env);
  const [ofSettings, recorded] = [contextOfSettings(env), knownContext(name)];
  const named = context ?? ofSettings;
  setGiven({ env, context: context === ofSettings || context === recorded ? undefined : context, recorded });
  const cluster = await currentCluster(name, named);
  if (!cluster) {
    const where = await whereaboutsOf(name, named);
    throw new UserError(
      `environment "${env}" has no running cluster${where ? `: ${where} does not answer` : ""}`,
      named ? `Is it up, and is this machine allowed to reach it? kubectl --context ${shellWord(named)} get nodes` : `Start or choose one: ${storesCommand("cluster up", env === "local" || recorded ? {} : { context: "NAME" })}`,
      named ? "cluster-unreachable" : "no-cluster",
    );
  }
  return { env, cluster, kube: await Kube.open(cluster.kubeconfig, cluster.context), variables: variablesFor(env, cluster) };
}

/** Who looks at a fleet in need is not kept from it by a mistyped setting, where this machine knows the cluster; whatever changes a fleet reads the settings itself. */
function contextOfSettings(env: EnvironmentName): string | undefined {
  try {
    return readSettings(env).context;
  } catch (error) {
    if (!(error instanceof UserError) || !hasRecord(clusterName(env))) throw error;
    return undefined;
  }
}

/** Where another machine brought the environment up, this one may still have to get the tools. */
export async function equipped(session: Session, say: (text: string) => void): Promise<Session> {
  if (operationTools.every((tool) => toolPath(tool) !== undefined)) return session;
  await ensureTools(operationTools, say);
  return { ...session, variables: variablesFor(session.env, session.cluster) };
}

const variablesFor = (env: EnvironmentName, { kubeconfig, context, ingressPorts: ports }: Cluster): Record<string, string> => ({
  ...pulumiVariables(env), STOREFLEET_ENV: env, KUBECONFIG: kubeconfig, STOREFLEET_CONTEXT: context,
  ...(ports && { STOREFLEET_INGRESS_PORTS: `${ports.http},${ports.https}` }),
});

/** The state of `local` in an environment's folder, as a backend. */
function ownBackend(folder: string): string {
  // Without the attributes that the backend keeps beside each file: it does not write those in one step, and a run
  // killed in between would leave a stack that can not be read.
  return `file://${join(folder, "state")}?metadata=skip`;
}

const passphraseFile = (folder: string) => join(folder, "passphrase");

/** A variable that does not say what would be so without it, now or in a shell that was prepared before the state was moved. */
const unlessOwn = (value: string | undefined, own: (folder: string) => string) =>
  value && ![environmentFolder("local"), formerEnvironmentFolder("local")].some((folder) => own(folder) === value) ? value : undefined;

/** Where the state of `local` is, if not in its own folder. */
export const foreignBackend = (): string | undefined => unlessOwn(variablesOfShell.PULUMI_BACKEND_URL, ownBackend);

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

/** Backend, passphrase and tools, as exports for a shell or a child process. */
export function pulumiVariables(env: EnvironmentName): Record<string, string> {
  const pulumi = toolPath("pulumi");
  return { ...toolEnvironment(), ...(pulumi && { STOREFLEET_PULUMI: pulumi }), ...backendVariables(env) };
}

/**
 * `local` keeps its state and a generated passphrase in a folder of its own, unless the usual Pulumi variables say
 * otherwise. Any other environment takes both from those variables or from `pulumi login`: a state that others
 * depend on never ends up on one machine by accident. A passphrase itself is not repeated: whoever is started inherits it, and
 * `stores env` prints none.
 */
function backendVariables(env: EnvironmentName): Record<string, string> {
  const variables: Record<string, string> = {};
  const { PULUMI_BACKEND_URL, PULUMI_CONFIG_PASSPHRASE, PULUMI_CONFIG_PASSPHRASE_FILE } = variablesOfShell;
  const given = env === "local" ? unlessOwn : (value: string | undefined) => value;
  const [backend, passphrase] = [given(PULUMI_BACKEND_URL, ownBackend), given(PULUMI_CONFIG_PASSPHRASE_FILE, passphraseFile)];
  if (backend) variables.PULUMI_BACKEND_URL = backend;
  if (passphrase) variables.PULUMI_CONFIG_PASSPHRASE_FILE = passphrase;
  if (env !== "local") return variables;

  const folder = environmentFolder(env);
  if (!variables.PULUMI_BACKEND_URL) {
    const state = join(folder, "state");
    mkdirSync(state, { recursive: true, mode: 0o700 });
    variables.PULUMI_BACKEND_URL = ownBackend(folder);
  }
  if (PULUMI_CONFIG_PASSPHRASE === undefined && !variables.PULUMI_CONFIG_PASSPHRASE_FILE) {
    const file = passphraseFile(folder);
    if (!existsSync(file)) {
      // A new one would open nothing of what is there.
      if (existsSync(join(folder, "state", ".pulumi", "stacks"))) {
        throw new UserError(`the passphrase of the local state is gone: ${file}`, `Restore the file, or start anew: ${storesCommand("cluster reset")}`);
      }
      createPassphrase(folder, file);
    }
    variables.PULUMI_CONFIG_PASSPHRASE_FILE = file;
  }
  return variables;
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

/**
 * A folder for the CLI to run in, out of sight: it writes each stack's salt beside `Pulumi.yaml`, which for stores
 * would pile up in the checkout. `components` leads to the charts under the same relative path as by hand, since
 * that path is part of a release's recorded inputs; so each checkout has a folder of its own.
 */
export function workFolder(env: EnvironmentName): string {
  const all = join(environmentFolder(env), "work");
  const folder = join(all, createHash("sha256").update(projectRoot).digest("hex").slice(0, 8));
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // Each in one step: other runs of the script may be working in here.
  const put = (name: string, write: (path: string) => void) => {
    const draft = join(folder, `${name}.${process.pid}`);
    rmSync(draft, { force: true });
    write(draft);
    renameSync(draft, join(folder, name));
  };
  const read = (name: string) => readFileSync(join(projectRoot, name), "utf8");
  put("components", (path) => symlinkSync(join(projectRoot, "components"), path));
  // Where the CLI was used by hand, the file has a salt, perhaps of a passphrase that a reset removed; the state has the one that counts.
  put(`Pulumi.${env}.yaml`, (path) => writeFileSync(path, env === "local" ? withoutSalt(read(settingsFile(env))) : read(settingsFile(env))));
  // The programs run in the script's workers, so here is none for `main` to lead to.
  put("Pulumi.yaml", (path) => writeFileSync(path, read("Pulumi.yaml").replace(/^main:.*\n/m, "")));
  forgetCheckouts(all);
  return folder;
}

/** Removes the folders of checkouts that are gone. */
function forgetCheckouts(all: string): void {
  for (const entry of readdirSync(all, { withFileTypes: true })) {
    const folder = join(all, entry.name);
    const charts = join(folder, "components");
    // One that has none yet is just being made.
    if (lstatSync(charts, { throwIfNoEntry: false }) && !existsSync(charts)) rmSync(folder, { recursive: true, force: true });
  }
}

/** Secrets in the file could not be read without it. */
const withoutSalt = (text: string) => (/^\s+secure:/m.test(text) ? text : text.replace(/^encryptionsalt:.*(\n|$)/m, ""));

/** Takes the salts that the CLI left in the checkout out of its files, when the passphrase that they belong to is gone. Names files with secrets of it. */
export function forgetSalts(env: EnvironmentName, root: string = projectRoot): string[] {
  const files = readdirSync(root).filter((name) => new RegExp(`^Pulumi\\.${env}(\\..+)?\\.yaml$`).test(name));
  for (const file of files) {
    const text = readFileSync(join(root, file), "utf8");
    const rest = withoutSalt(text);
    if (rest === text) continue;
    if (rest.trim() === "") rmSync(join(root, file));
    else writeFileSync(join(root, file), rest);
  }
  return files.filter((file) => existsSync(join(root, file)) && /^\s+secure:/m.test(readFileSync(join(root, file), "utf8")));
}

/** The last operation's CLI output for a stack. */
export function logFile(env: EnvironmentName, stack: string): string {
  const folder = join(environmentFolder(env), "logs");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return join(folder, `${stack}.log`);
}

import { randomBytes } from "node:crypto";
import { existsSync, linkSync, mkdirSync, readFileSync, writeFileSync, symlinkSync, copyFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../config/errors";
import type { EnvironmentName } from "../../config/names";
import { projectRoot } from "../../config/root";
import { setGiven, storesCommand } from "../../config/stores-command";
import { currentCluster, knownContext, type Cluster } from "../cluster";
import { Kube } from "../fleet/kube";
import { clusterName, environmentFolder } from "../paths";
import { toolEnvironment, toolPath } from "../tools";

/** What every command that reads or changes a fleet needs: one environment, its cluster and the variables for both. */
export interface Session {
  env: EnvironmentName;
  cluster: Cluster;
  kube: Kube;
  /** For the CLI, providers and programs; also what `stores env` prints. */
  variables: Record<string, string>;
}

export async function openSession(env: EnvironmentName): Promise<Session> {
  const name = clusterName(env);
  const context = knownContext(name);
  setGiven({ env, context });
  const cluster = await currentCluster(name);
  if (!cluster) {
    throw new UserError(
      `environment "${env}" has no running cluster`,
      `Start or choose one: ${storesCommand("cluster up", env === "local" || context ? {} : { context: "NAME" })}`,
    );
  }
  const variables = { ...pulumiVariables(env), KUBECONFIG: cluster.kubeconfig, STOREFLEET_CONTEXT: cluster.context };
  return { env, cluster, kube: await Kube.open(cluster.kubeconfig, cluster.context), variables };
}

/** Backend, passphrase and tools, as exports for a shell or a child process. */
export function pulumiVariables(env: EnvironmentName): Record<string, string> {
  const pulumi = toolPath("pulumi");
  return { ...toolEnvironment(), ...(pulumi && { STOREFLEET_PULUMI: pulumi }), ...backendVariables(env) };
}

/**
 * `local` keeps its state and a generated passphrase in the cache folder, unless the usual Pulumi variables say
 * otherwise. Any other environment takes both from those variables or from `pulumi login`: a state that others
 * depend on never ends up in a cache by accident.
 */
function backendVariables(env: EnvironmentName): Record<string, string> {
  const variables: Record<string, string> = {};
  const { PULUMI_BACKEND_URL, PULUMI_CONFIG_PASSPHRASE, PULUMI_CONFIG_PASSPHRASE_FILE } = process.env;
  if (PULUMI_BACKEND_URL) variables.PULUMI_BACKEND_URL = PULUMI_BACKEND_URL;
  if (PULUMI_CONFIG_PASSPHRASE !== undefined) variables.PULUMI_CONFIG_PASSPHRASE = PULUMI_CONFIG_PASSPHRASE;
  if (PULUMI_CONFIG_PASSPHRASE_FILE) variables.PULUMI_CONFIG_PASSPHRASE_FILE = PULUMI_CONFIG_PASSPHRASE_FILE;
  if (env !== "local") return variables;

  const folder = environmentFolder(env);
  if (!variables.PULUMI_BACKEND_URL) {
    const state = join(folder, "state");
    mkdirSync(state, { recursive: true, mode: 0o700 });
    // Without the attributes that the backend keeps beside each file: it does not write those in one step, and a run
    // killed in between would leave a stack that can not be read.
    variables.PULUMI_BACKEND_URL = `file://${state}?metadata=skip`;
  }
  if (variables.PULUMI_CONFIG_PASSPHRASE === undefined && !variables.PULUMI_CONFIG_PASSPHRASE_FILE) {
    const file = join(folder, "passphrase");
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
 * that path is part of a release's recorded inputs.
 */
export function workFolder(env: EnvironmentName): string {
  const folder = join(environmentFolder(env), "work");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // Each in one step: other runs of the script may be working in here.
  const put = (name: string, write: (path: string) => void) => {
    const draft = join(folder, `${name}.${process.pid}`);
    rmSync(draft, { force: true });
    write(draft);
    renameSync(draft, join(folder, name));
  };
  put("components", (path) => symlinkSync(join(projectRoot, "components"), path));
  put(`Pulumi.${env}.yaml`, (path) => copyFileSync(join(projectRoot, `Pulumi.${env}.yaml`), path));
  // The programs run in the script's workers, so here is none for `main` to lead to.
  const project = readFileSync(join(projectRoot, "Pulumi.yaml"), "utf8");
  put("Pulumi.yaml", (path) => writeFileSync(path, project.replace(/^main:.*\n/m, "")));
  return folder;
}

/** The last operation's CLI output for a stack. */
export function logFile(env: EnvironmentName, stack: string): string {
  const folder = join(environmentFolder(env), "logs");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return join(folder, `${stack}.log`);
}

import { createHash } from "node:crypto";
import { existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, writeFileSync, symlinkSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { readSettings, settingsFile } from "../../config/environment";
import { UserError } from "../../config/errors";
import { helmDriver } from "../../config/helm-records";
import type { EnvironmentName } from "../../config/names";
import { projectRoot } from "../../config/root";
import { refuseForeignShell } from "../../config/shell";
import { setGiven, shellWord, storesCommand } from "../../config/stores-command";
import { currentCluster, hasRecord, knownContext, whereaboutsOf, type Cluster } from "../machine/cluster";
import { Kube } from "../../kube";
import { clusterName, environmentFolder } from "../machine/paths";
import { ensureTools, operationTools, toolEnvironment, toolPath } from "../machine/tools";
import { stateVariables, withoutKey } from "./state";

/** What every command that reads or changes a fleet needs: one environment, its cluster and the variables for both. */
export interface Session {
  env: EnvironmentName;
  cluster: Cluster;
  kube: Kube;
  /** For the CLI, providers and programs; also what `stores env` prints. */
  variables: Record<string, string>;
  /** Who asks. @default this machine's user, by the command */
  by?: Asker;
}

/** On whose behalf something is done, as records tell it. */
export interface Asker {
  via: "cli" | "api";
  /** A login's name, or a token's. */
  person: string;
  /** Where the question came from. */
  host: string;
}

/** Which environment, and on which cluster if not on its own. */
export interface Target {
  env: EnvironmentName;
  /** A context of the user's kubeconfig. @default that of the settings, else the cluster that `cluster up` took */
  context?: string;
  /** @default this machine's user, by the command */
  by?: Asker;
}

/** Opens an environment on its cluster; changes nothing of either, and remembers nothing. */
export async function openSession({ env, context, by }: Target): Promise<Session> {
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
  let variables: Session["variables"] | undefined;
  return {
    env, cluster, kube: await Kube.open(cluster.kubeconfig, cluster.context), by,
    // When they are asked for: what is wrong about the state keeps nobody from looking at the cluster.
    get variables() {
      return (variables ??= variablesFor(env, cluster));
    },
  };
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
  ...pulumiVariables(env), STOREFLEET_ENV: env, KUBECONFIG: kubeconfig, STOREFLEET_CONTEXT: context, HELM_DRIVER: helmDriver,
  ...(ports && { STOREFLEET_INGRESS_PORTS: `${ports.http},${ports.https}` }),
});

/** Backend, passphrase and tools, as exports for a shell or a child process. */
export function pulumiVariables(env: EnvironmentName): Record<string, string> {
  const pulumi = toolPath("pulumi");
  return { ...toolEnvironment(), ...(pulumi && { STOREFLEET_PULUMI: pulumi }), ...stateVariables(env) };
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
  put(`Pulumi.${env}.yaml`, (path) => writeFileSync(path, withoutKey(read(settingsFile(env)))));
  // Each with a key that may have been changed from another machine; the CLI then takes that of the state.
  for (const file of readdirSync(folder)) if (new RegExp(`^Pulumi\\.${env}\\..+\\.yaml$`).test(file)) rmSync(join(folder, file), { force: true });
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

/** The last operation's CLI output for a stack. */
export function logFile(env: EnvironmentName, stack: string): string {
  const folder = join(environmentFolder(env), "logs");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return join(folder, `${stack}.log`);
}

import { randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { readSettings } from "../../../config/environment";
import { recordLabels, recordsIn } from "../../../config/helm-records";
import { environmentFor, setVariables, variables, variablesOfOneEnvironment } from "../../../config/variables";
import { environmentUp } from "../../engine/environment-up";
import { openSession, type Session } from "../../engine/session";
import { readEnvironment, type EnvironmentReceipt } from "../../fleet/environment";
import { clusterReset, clusterUp } from "../../machine/cluster";
import { clusterName, toolsFolder } from "../../machine/paths";
import { endMarked, markVariable } from "./processes";

/** One entry of a stores list. */
export interface Entry {
  name: string;
  engine: "woocommerce" | "medusa";
  title: string;
}

/** A cluster and a cache folder of the benchmark's own, for one run of one contender. */
export interface Arena {
  folder: string;
  session: Session;
  shared: EnvironmentReceipt;
  /** For the contender's processes; marks them. */
  variables: NodeJS.ProcessEnv;
  mark: string;
}

const env = "local";

/** The user's own cluster, state, lists and Pulumi home are out of reach from here on. Only the tools are shared. */
export function leaveUsersWorld(): void {
  setVariables(Object.fromEntries([...variablesOfOneEnvironment, "HELM_TIMEOUT"].map((name) => [name, undefined])));
  setVariables({ STOREFLEET_TOOLS: toolsFolder(), STOREFLEET_CLUSTER: "bench" });
}

const usersPulumiHome = variables.PULUMI_HOME ?? join(homedir(), ".pulumi");

/** Starts from nothing each time, so that no contender profits or suffers from what another left. */
export async function openArena(signal: AbortSignal, log: (line: string) => void): Promise<Arena> {
  const folder = mkdtempSync(join(tmpdir(), "storefleet-bench-"));
  const pulumiHome = join(folder, "pulumi");
  setVariables({ STOREFLEET_CACHE: join(folder, "cache"), PULUMI_HOME: pulumiHome });
  try {
    mkdirSync(pulumiHome);
    symlinkSync(join(usersPulumiHome, "plugins"), join(pulumiHome, "plugins"));
    // A container engine does not count: the embedded cluster is the same everywhere.
    await clusterUp({ name: clusterName(env), run: async () => ({ code: 127, stdout: "", stderr: "" }), log });
    const session = await openSession({ env });
    await environmentUp(session, readSettings(env), signal, log, (work) => work(signal));
    const shared = await readEnvironment(session.kube, env);
    if (!shared) throw new Error("the environment's stack is up, but its receipt is missing");
    const mark = randomUUID();
    return { folder, session, shared, mark, variables: environmentFor("program", { ...session.variables, [markVariable]: mark }) };
  } catch (error) {
    await removeArena(folder);
    throw error;
  }
}

/** Ends what a contender left running, then the cluster, and removes every file. */
export async function closeArena({ folder, mark }: Arena): Promise<void> {
  endMarked(mark);
  await removeArena(folder);
}

async function removeArena(folder: string): Promise<void> {
  await clusterReset(clusterName(env));
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** N small stores, every fourth a Medusa shop. */
export function entries(count: number): Entry[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `store-${String(index + 1).padStart(3, "0")}`,
    engine: index % 4 === 3 ? "medusa" : "woocommerce",
    title: `Store ${index + 1}`,
  }));
}

export function writeList({ folder }: Arena, name: string, stores: Entry[]): string {
  const file = join(folder, `${name}.yaml`);
  writeFileSync(file, stringify({ stores }));
  return file;
}

/** Namespaces with an installed release: what a contender has to show for its time. */
export async function installedStores({ session }: Arena): Promise<number> {
  const records = await session.kube.list(recordsIn(), { labels: `${recordLabels()},status=deployed`, metadataOnly: true });
  return new Set(records.map(({ metadata }) => metadata.namespace).filter((namespace) => namespace?.startsWith("store-"))).size;
}

/** Namespaces of stores, those on their way out included: none may be left by a destroy. */
export async function remainingStores({ session }: Arena): Promise<number> {
  const namespaces = await session.kube.list("/api/v1/namespaces", { metadataOnly: true });
  return namespaces.filter(({ metadata }) => metadata.name.startsWith("store-")).length;
}

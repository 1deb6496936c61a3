import { requiresIsolation, settingsFile, type EnvironmentSettings } from "../../config/environment";
import { UserError } from "../../config/errors";
import type { EnvironmentName } from "../../config/names";
import { storesCommand } from "../../config/stores-command";
import { KubeError, type Kube } from "../../kube";
import { probeIsolation } from "../engine/probe-isolation";
import type { Session } from "../engine/session";
import { isMade, type Decision } from "../fleet/classify";
import type { EnvironmentReceipt } from "../fleet/environment";
import { readIsolation, writeIsolation, type Enforcement, type Isolation } from "../fleet/isolation";
import type { Listener } from "./scope";

/** Tries once a cluster whether it enforces network policies, and again while the answer is not that it does. */
export async function findOutIsolation(session: Session, settings: EnvironmentSettings, cluster: string, { say, signal }: Pick<Listener, "say" | "signal">): Promise<void> {
  const { env, kube } = session;
  if (!requiresIsolation(env, settings) || (await readIsolation(kube, cluster))?.enforcement === "enforced") return;
  say("network policies: trying whether this cluster enforces them");
  const found = await probeIsolation(kube, settings, signal).catch(refused);
  await writeIsolation(kube, cluster, found);
  say(isolationProblem(env, found)?.join(". ") ?? "network policies: enforced");
}

/** Whoever may not make the probe's pods has brought up the environment all the same. */
function refused(error: unknown): Isolation {
  if (error instanceof KubeError) return { enforcement: "unknown", reason: error.message };
  throw error;
}

/** What is not known of this cluster, or known to be wrong, and the ways on. */
function isolationProblem(env: EnvironmentName, found: Isolation | undefined): [problem: string, mend: string] | undefined {
  const again = storesCommand("cluster up", { env });
  const trust = `set isolation: trust in ${settingsFile(env)}, then ${again}`;
  switch (found?.enforcement) {
    case "enforced": return undefined;
    case "open": return ["the cluster does not enforce network policies, so that a store reaches every other one", `Install a network plugin that does, then ${again}. Where all stores may trust each other: ${trust}`];
    case "unknown": return [`it could not be tried whether the cluster enforces network policies: ${found.reason}`, `Try again: ${again}. Where it is known that it does, or all stores may trust each other: ${trust}`];
    case undefined: return ["it was not tried yet whether the cluster enforces network policies", `To try it: ${again}`];
  }
}

/** How stores are walled off from each other here. `trusted`: nobody asks. */
export type IsolationState = Enforcement | "trusted";

/** The same to be shown; the problem is null where there is none. */
export async function isolationState(kube: Kube, env: EnvironmentName, { settings, cluster }: EnvironmentReceipt): Promise<{ isolation: IsolationState; isolationProblem: string | null }> {
  if (!requiresIsolation(env, settings)) return { isolation: "trusted", isolationProblem: null };
  const found = await readIsolation(kube, cluster);
  return { isolation: found?.enforcement ?? "unknown", isolationProblem: isolationProblem(env, found)?.join(". ") ?? null };
}

/** No store is made or changed where it is not known to be walled off from the others; whoever only deletes may go on. */
export async function requireIsolation({ kube, env }: Session, { settings, cluster }: EnvironmentReceipt, decisions: Decision[]): Promise<void> {
  const makes = decisions.some(isMade);
  if (!makes || !requiresIsolation(env, settings)) return;
  const problem = isolationProblem(env, await readIsolation(kube, cluster));
  if (problem) throw new UserError(`${problem[0]}; nothing was done`, problem[1], "not-isolated");
}

import { UserError } from "../../config/errors";
import type { EnvironmentName } from "../../config/names";
import { refuseOtherCluster } from "../../infra/cluster-identity";
import { clusterUid } from "../fleet/environment";
import { runCli } from "./run-cli";
import { workFolder, type Session } from "./session";
import { words } from "../machine/foreign-words";

/** The cluster that the state of an environment is about: empty where it does not say, undefined where the environment has no stack. */
export async function clusterOfState(env: EnvironmentName, variables: Record<string, string>, signal?: AbortSignal): Promise<string | undefined> {
  try {
    const outputs = await runCli({ session: { env, variables }, workFolder: workFolder(env), signal }, ["stack", "output", "--json", "--stack", env], `stack ${env} can not be looked at`);
    return (JSON.parse(outputs) as { cluster?: string }).cluster ?? "";
  } catch (error) {
    if (error instanceof UserError && words.pulumi.noStack.test(error.message)) return undefined;
    throw error;
  }
}

/**
 * Refuses to work on stacks whose state is about another cluster, unless the environment is just being moved. Before any
 * operation, since a refresh or a deletion there runs no program that could refuse, and finds nothing of what it looks for.
 * @returns the cluster of the state, as `clusterOfState` has it, and the one at hand
 */
export async function refuseForeignState({ env, kube, cluster, variables }: Session, signal: AbortSignal): Promise<{ described?: string; living?: string }> {
  const [described, living] = await Promise.all([clusterOfState(env, variables, signal), clusterUid(kube)]);
  if (!variables.STOREFLEET_MOVE) refuseOtherCluster(env, cluster.context, described, living);
  return { described, living };
}

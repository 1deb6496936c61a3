import { UserError } from "../../config/errors";
import type { EnvironmentName } from "../../config/names";
import { refuseForeignShell } from "../../config/shell";
import { storesCommand, shellWord } from "../../config/stores-command";
import { labels } from "../../stores/labels";
import { foreignBackend, forgetSalts, forgetState, storesOfOwnState } from "../engine/state";
import { observeFleet } from "../fleet/observe";
import { clusterDown, knownContext, clusterReset, currentCluster } from "../machine/cluster";
import { hasRecord } from "../machine/cluster/cluster-record";
import { clusterStatus, type ClusterStatus } from "../machine/cluster/status";
import { Kube } from "../../kube";
import { clusterName, environmentFolder } from "../machine/paths";
import type { Scope, Listener } from "./scope";

export type { ClusterStatus };

/** What runs, where, and whether pods are real. */
export const lookAtCluster = ({ env }: Pick<Scope, "env">): Promise<ClusterStatus> => clusterStatus(clusterName(env));

/** Stops the cluster that `bringUp` started, whose data stays, or lets go of the one it was told to use. Returns what was done, in sentences. */
export async function stopCluster({ env }: Pick<Scope, "env">, { say }: Pick<Listener, "say">): Promise<string> {
  const name = clusterName(env);
  const context = knownContext(name);
  const had = await clusterDown(name, say);
  if (context) return `Let go of context ${context}, whose cluster goes on by itself. Take it again: ${storesCommand("cluster up", { context })}`;
  return had ? `Stopped; its data stays. Start again: ${storesCommand("cluster up")}` : "Nothing ran here.";
}

/** Deletes the local cluster with everything on it, and the local state. Returns what stays, in sentences, and files with secrets that nothing opens any more. */
export async function resetCluster({ env }: Pick<Scope, "env">, consent: (question: string) => Promise<void>, { say }: Pick<Listener, "say">): Promise<{ stays: string[]; unreadable: string[] }> {
  if (env !== "local") throw new UserError("only the local environment can be reset", undefined, "refused-reset");
  refuseForeignShell(env);
  const name = clusterName(env);
  const stays = await whatStays(env);
  const question = knownContext(name) ? "Forget the context and delete the local state?" : "Delete the local cluster, all stores on it and their state?";
  await consent([question, ...stays].join(" "));
  await clusterReset(name, say);
  const unreadable = foreignBackend() ? [] : forgetSalts(env);
  forgetState();
  return { stays, unreadable };
}

/** What a reset leaves behind, in sentences; refuses while that would be stores. */
async function whatStays(env: EnvironmentName): Promise<string[]> {
  const name = clusterName(env);
  const context = knownContext(name);
  const backend = foreignBackend();
  const state = backend ? [`The state at ${backend} stays, and the passphrase.`] : [];
  if (!context) {
    const left = hasRecord(name) || backend ? [] : storesOfOwnState();
    if (left.length === 0) return state;
    throw new UserError(
      `the state has stores of a cluster that was let go of: ${left.join(", ")}; nothing was done`,
      `Remove them first: ${storesCommand("cluster up", { context: "NAME" })} && ${storesCommand("destroy --all")}\nIf that cluster is gone for good: rm -r ${shellWord(environmentFolder(env))}`,
      "refused-reset",
    );
  }
  const cluster = await currentCluster(name);
  if (!cluster) throw new UserError(`context ${context} does not answer: it may have stores, so nothing was done`, `If it is gone, let go of it first: ${storesCommand("cluster down")}`, "cluster-unreachable");
  const kube = await Kube.open(cluster.kubeconfig, cluster.context);
  const stores = [...(await observeFleet(kube, env)).keys()];
  if (stores.length > 0) {
    throw new UserError(`a reset does not delete the cluster of context ${context}, and these stores run there: ${stores.join(", ")}; nothing was done`, `Remove them first: ${storesCommand("destroy --all")}`, "refused-reset");
  }
  const parts = await kube.list("/api/v1/namespaces", { labels: `${labels.env}=${env}`, metadataOnly: true });
  return [`Context ${context} keeps its namespaces${parts.length > 0 ? `, also ${parts.map(({ metadata }) => metadata.name).join(", ")} of the environment` : ""}.`, ...state];
}

import type { Command } from "commander";
import { UserError } from "../../config/errors";
import { readSettings } from "../../config/environment";
import { withOwnImages } from "../../config/own-images";
import { refuseForeignShell } from "../../config/shell";
import { shellWord, storesCommand } from "../../config/stores-command";
import { moveVariable, refuseOtherCluster } from "../../infra/cluster-identity";
import { labels } from "../../stores/marks";
import { clusterDown, clusterReset, clusterStatus, clusterUp, currentCluster, hasRecord, knownContext, type ClusterStatus } from "../cluster";
import { clusterOfState } from "../engine/described-cluster";
import { environmentUp } from "../engine/environment-up";
import { ingressRemark, mailRemark } from "../engine/remarks";
import { foreignBackend, forgetSalts, forgetState, openSession, pulumiVariables, storesOfOwnState } from "../engine/session";
import { clusterUid } from "../fleet/environment";
import { Kube } from "../fleet/kube";
import { observeFleet } from "../fleet/observe";
import { loadMissingImages } from "../images";
import { clusterName, environmentFolder } from "../paths";
import { ensureTools, operationTools } from "../tools";
import { table } from "../ui/table";
import { confirm, interruptible, note, print, printJson, withCommon, type Common } from "./common";

export function clusterCommand(program: Command): void {
  const cluster = program.command("cluster").description("the cluster of an environment, and its shared parts");

  withCommon(cluster.command("up"))
    .description("choose or start the cluster, and bring up the environment's stack on it")
    .option("--context <name>", "use this context of your kubeconfig")
    .option("--move", "make the environment anew on this cluster, and leave alone what it has on the one before")
    .action(async (flags: Common & { context?: string; move?: boolean }) => {
      await bringUp(flags.env, flags);
      if (flags.json) printJson(await clusterStatus(clusterName(flags.env)));
    });
  withCommon(cluster.command("down"))
    .description("stop the cluster that `up` started; its data stays")
    .action(async (flags: Common) => {
      await clusterDown(clusterName(flags.env), note);
      if (flags.json) printJson({ running: false });
    });
  withCommon(cluster.command("status"))
    .description("what runs, where, and whether pods are real")
    .action(async (flags: Common) => {
      const status = await clusterStatus(clusterName(flags.env));
      if (flags.json) return printJson(status);
      print(describe(status));
    });
  withCommon(cluster.command("reset"))
    .description("delete the local cluster with everything on it, and the local state")
    .option("--yes", "do not ask")
    .action(async (flags: Common & { yes?: boolean }) => {
      if (flags.env !== "local") throw new UserError("only the local environment can be reset");
      refuseForeignShell(flags.env);
      const stays = await whatStays(flags.env);
      const question = knownContext(clusterName(flags.env)) ? "Forget the context and delete the local state?" : "Delete the local cluster, all stores on it and their state?";
      if (!flags.yes) await confirm([question, ...stays].join(" "), "--yes");
      await clusterReset(clusterName(flags.env), note);
      const secrets = foreignBackend() ? [] : forgetSalts(flags.env);
      forgetState();
      if (flags.json) return printJson({ reset: true });
      print(["Reset.", ...(stays.length > 0 ? stays : ["Cluster and state are gone."]), `Start again: ${storesCommand("cluster up")}`].join(" "));
      if (secrets.length > 0) note(`${secrets.join(", ")}: take out what stands at "secure:", since nothing opens it any more; set it anew after cluster up`);
    });
}

/** What a reset leaves behind, in sentences; refuses while that would be stores. */
async function whatStays(env: Common["env"]): Promise<string[]> {
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
    );
  }
  const cluster = await currentCluster(name);
  if (!cluster) throw new UserError(`context ${context} does not answer: it may have stores, so nothing was done`, `If it is gone, let go of it first: ${storesCommand("cluster down")}`);
  const kube = await Kube.open(cluster.kubeconfig, cluster.context);
  const stores = [...(await observeFleet(kube, env)).keys()];
  if (stores.length > 0) {
    throw new UserError(`a reset does not delete the cluster of context ${context}, and these stores run there: ${stores.join(", ")}; nothing was done`, `Remove them first: ${storesCommand("destroy --all")}`);
  }
  const parts = await kube.list("/api/v1/namespaces", { labels: `${labels.env}=${env}`, metadataOnly: true });
  return [`Context ${context} keeps its namespaces${parts.length > 0 ? `, also ${parts.map(({ metadata }) => metadata.name).join(", ")} of the environment` : ""}.`, ...state];
}

/** Cluster, images, then the environment's stack; a second time it only says that nothing had to be done. */
export async function bringUp(env: Common["env"], { context, move = false }: { context?: string; move?: boolean } = {}): Promise<void> {
  refuseForeignShell(env);
  const settings = readSettings(env);
  const named = context ?? settings.context;
  if (env !== "local" && !named && !(await currentCluster(clusterName(env)))) {
    throw new UserError(
      `environment "${env}" names no cluster`,
      `Name its kubeconfig context: ${storesCommand("cluster up", { context: "NAME" })}, or "context" in Pulumi.${env}.yaml`,
    );
  }
  // The environment's stack would refuse an unpublished image as well, but only once a cluster is up.
  withOwnImages(env, settings);
  await ensureTools(operationTools, note);
  const cluster = await clusterUp({ name: clusterName(env), context: named, accept: move ? undefined : (kubeconfig, chosen) => refuseMove(env, kubeconfig, chosen), log: note });
  await loadMissingImages({ settings, cluster, log: note });
  const session = await openSession(env);
  if (move) session.variables[moveVariable] = env;
  const remarkBefore = ingressRemark(env, settings, cluster.context);
  if (remarkBefore) note(remarkBefore);
  await interruptible((signal) => environmentUp(session, settings, signal, note));
  const remark = await mailRemark(env, settings);
  if (remark) note(remark);
}

/** Before a context takes the place of the cluster that the environment is on. */
async function refuseMove(env: Common["env"], kubeconfig: string, context: string): Promise<void> {
  const kube = await Kube.open(kubeconfig, context);
  refuseOtherCluster(env, context, await clusterOfState(env, pulumiVariables(env)), await clusterUid(kube));
}

function describe({ name, kind, note: state, why, version, context, kubeconfig, processes, nodes }: ClusterStatus): string {
  const facts = [
    `cluster ${name}: ${kind === "none" ? "" : `${kind}${version ? `, Kubernetes ${version}` : ""}, `}${state}`,
    ...(why ? [`chosen because ${why}`] : []),
    ...(context ? [`context ${context} in ${kubeconfig}`] : []),
    ...(nodes.length > 0 ? [`nodes ${nodes.map((node) => `${node.name}${node.ready ? "" : " (not ready)"}`).join(", ")}`] : []),
  ];
  if (processes.length === 0) return facts.join("\n");
  const rows = processes.map(({ name: process, state: now, pid, memory, log }) => [process, now, String(pid ?? "-"), memory ? `${Math.round(memory / 2 ** 20)} MiB` : "-", log]);
  return `${facts.join("\n")}\n\n${table(["PROCESS", "STATE", "PID", "MEMORY", "LOG"], rows)}`;
}

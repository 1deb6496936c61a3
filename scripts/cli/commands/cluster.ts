import type { Command } from "commander";
import { storesCommand } from "../../../config/stores-command";
import { addressRemark, listedHosts } from "../../operations/addresses";
import { bringUp, startCluster, type Started } from "../../operations/bring-up";
import { lookAtCluster, resetCluster, stopCluster, type ClusterStatus } from "../../operations/cluster";
import { confirm, listening, note, print, printAnswer, withCommon, type Common } from "../common";
import { table } from "../ui/table";

export function clusterCommand(program: Command): void {
  const cluster = program.command("cluster").description("the cluster of an environment, and its shared parts");

  withCommon(cluster.command("up"))
    .description("choose or start the cluster, and bring up the environment's stack on it")
    .option("--context <name>", "use this context of your kubeconfig")
    .option("--move", "make the environment anew on this cluster, and leave alone what it has on the one before")
    .action(async (flags: Common & { context?: string; move?: boolean }) => {
      await noteAddresses(flags, await clusterUp(flags, flags));
      if (flags.json) printAnswer("cluster up", await lookAtCluster(flags));
    });
  withCommon(cluster.command("down"))
    .description("stop the cluster that `up` started; its data stays")
    .action(async (flags: Common) => {
      const done = await stopCluster(flags, { say: note });
      if (flags.json) return printAnswer("cluster down", { running: false });
      print(done);
    });
  withCommon(cluster.command("status"))
    .description("what runs, where, and whether pods are real")
    .action(async (flags: Common) => {
      const status = await lookAtCluster(flags);
      if (flags.json) return printAnswer("cluster status", status);
      print(describe(status));
    });
  withCommon(cluster.command("reset"))
    .description("delete the local cluster with everything on it, and the local state")
    .option("--yes", "do not ask")
    .action(async ({ yes, ...flags }: Common & { yes?: boolean }) => {
      const { stays, unreadable } = await resetCluster(flags, async (question) => (yes ? undefined : confirm(question, "--yes")), { say: note });
      if (flags.json) return printAnswer("cluster reset", { reset: true });
      print(["Reset.", ...(stays.length > 0 ? stays : ["Cluster and state are gone."]), `Start again: ${storesCommand("cluster up")}`].join(" "));
      if (unreadable.length > 0) note(`${unreadable.join(", ")}: take out what stands at "secure:", since nothing opens it any more; set it anew after cluster up`);
    });
}

/** Cluster, images, then the environment's stack. */
export async function clusterUp(scope: Pick<Common, "env">, options: { context?: string; move?: boolean } = {}): Promise<Started> {
  const started = await startCluster(scope, options, note);
  await listening((listener) => bringUp(started, listener));
  return started;
}

/** Says so where this machine does not find the listed stores by name. */
export async function noteAddresses(scope: Pick<Common, "env" | "file">, { session }: Started): Promise<void> {
  const remark = await addressRemark(scope.env, session.cluster, listedHosts(scope));
  if (remark) note(remark);
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

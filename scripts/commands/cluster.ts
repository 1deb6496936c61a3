import { rmSync } from "node:fs";
import type { Command } from "commander";
import { UserError } from "../../config/errors";
import { readSettings } from "../../config/environment";
import { withOwnImages } from "../../config/own-images";
import { storesCommand } from "../../config/stores-command";
import { clusterDown, clusterReset, clusterStatus, clusterUp, currentCluster, type ClusterStatus } from "../cluster";
import { environmentUp } from "../engine/environment-up";
import { openSession } from "../engine/session";
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
    .action(async (flags: Common & { context?: string }) => {
      await bringUp(flags.env, flags.context);
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
      if (!flags.yes) await confirm("Delete the local cluster, all stores on it and their state?", "--yes");
      await clusterReset(clusterName(flags.env), note);
      rmSync(environmentFolder(flags.env), { recursive: true, force: true });
      if (flags.json) printJson({ reset: true });
      else print(`Reset: cluster and state are gone. Start again: ${storesCommand("cluster up")}`);
    });
}

/** Cluster, images, then the environment's stack; a second time it only says that nothing had to be done. */
export async function bringUp(env: Common["env"], context?: string): Promise<void> {
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
  const cluster = await clusterUp({ name: clusterName(env), context: named, log: note });
  await loadMissingImages({ settings, cluster, log: note });
  const session = await openSession(env);
  await interruptible((signal) => environmentUp(session, settings, signal, note));
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

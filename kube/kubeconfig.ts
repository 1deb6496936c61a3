import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import type { Cluster, Context, KubeConfig, User } from "@kubernetes/client-node" with { "resolution-mode": "import" };
import { parse } from "yaml";
import { UserError } from "../config/errors";
import { proxyFor } from "../config/proxy";
import { storesCommand } from "../config/stores-command";
import { variables } from "../config/variables";

/**
 * Loads one context of a kubeconfig so that it works wherever kubectl does: what the client library does not heed (a
 * token's file, an API server on plain http, the environment's proxy, what login helpers are told) is filled in.
 * @param file if absent, the files that `KUBECONFIG` names, or kubectl's usual one
 * @param context the file's current one if absent
 */
export async function loadContext(file: string | undefined, context?: string): Promise<KubeConfig> {
  const { KubeConfig } = await import("@kubernetes/client-node/dist/config.js");
  const config = new KubeConfig();
  const clusters: Cluster[] = [];
  const users: User[] = [];
  const contexts: Context[] = [];
  let current: string | undefined;
  // What stands in several files counts as the first has it, and files that are not there do not count.
  const files = file === undefined ? usualFiles().filter((it) => existsSync(it)) : [file];
  for (const it of files) {
    const one = new KubeConfig();
    let raw: { users?: RawUser[] } | null;
    try {
      one.loadFromFile(it);
      raw = parse(readFileSync(it, "utf8")) as typeof raw;
    } catch (error) {
      throw new UserError(`${it} can not be read: ${(error as Error).message}`, file && `Write it anew: ${storesCommand("cluster up")}`);
    }
    for (const user of one.getUsers()) completeUser(user, raw?.users?.find(({ name }) => name === user.name)?.user?.tokenFile, dirname(it));
    clusters.push(...one.getClusters());
    users.push(...one.getUsers());
    contexts.push(...one.getContexts());
    current ??= one.getCurrentContext() || undefined;
  }
  config.loadFromOptions({ clusters, users, contexts, currentContext: context ?? current });
  if (context !== undefined && !config.getContextObject(context)) throw new UserError(`${file ?? "the kubeconfig"} has no context "${context}"`);
  const cluster = config.getCurrentCluster();
  if (cluster) completeCluster(cluster);
  return config;
}

/** The files that `KUBECONFIG` names, or kubectl's usual one. */
export const usualFiles = () => variables.KUBECONFIG?.split(delimiter).filter(Boolean) ?? [join(homedir(), ".kube", "config")];

/** A login helper with a path counts from the folder of the file that names it, any other is looked for on the PATH. */
export const commandFrom = (folder: string, command: string): string => (command.includes("/") ? resolve(folder, command) : command);

interface RawUser {
  name: string;
  user?: { tokenFile?: string };
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

function completeCluster(cluster: Writable<Cluster>): void {
  const plain = cluster.server.startsWith("http:");
  // There is nothing to verify; the library wants to be told so.
  if (plain) cluster.skipTLSVerify = true;
  if (!cluster.proxyUrl) Object.assign(cluster, { proxyUrl: proxyFor(cluster.server) });
}

/** Paths count from the folder of the file that they stand in. */
function completeUser(user: Writable<User>, tokenFile: string | undefined, folder: string): void {
  if (tokenFile) {
    // Read again every minute: such tokens are short-lived. It goes before a token in the kubeconfig itself.
    user.token = undefined;
    user.authProvider = { name: "tokenFile", config: { tokenFile: resolve(folder, tokenFile) } };
  }
  if (user.exec) {
    const { apiVersion, command } = user.exec as { apiVersion?: string; command: string };
    const told = { apiVersion, kind: "ExecCredential", spec: { interactive: false } };
    user.exec = {
      ...user.exec,
      command: command && commandFrom(folder, command),
      env: [{ name: "KUBERNETES_EXEC_INFO", value: JSON.stringify(told) }, ...(user.exec.env ?? [])],
    };
  }
}

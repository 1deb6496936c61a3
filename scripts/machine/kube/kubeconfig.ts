import { readFileSync } from "node:fs";
import type { Cluster, KubeConfig, User } from "@kubernetes/client-node" with { "resolution-mode": "import" };
import { parse } from "yaml";
import { UserError } from "../../../config/errors";
import { storesCommand } from "../../../config/stores-command";
import { proxyFor } from "../os/proxy";

/**
 * Loads one context of a kubeconfig so that it works wherever kubectl does: what the client library does not heed (a
 * token's file, an API server on plain http, the environment's proxy, what login helpers are told) is filled in.
 * @param context the file's current one if absent
 */
export async function loadContext(file: string, context?: string): Promise<KubeConfig> {
  const { KubeConfig } = await import("@kubernetes/client-node/dist/config.js");
  const config = new KubeConfig();
  let users: RawUser[] | undefined;
  try {
    config.loadFromFile(file);
    ({ users } = parse(readFileSync(file, "utf8")) as { users?: RawUser[] });
  } catch (error) {
    throw new UserError(`${file} can not be read: ${(error as Error).message}`, `Write it anew: ${storesCommand("cluster up")}`);
  }
  if (context !== undefined) {
    if (!config.getContextObject(context)) throw new UserError(`${file} has no context "${context}"`);
    config.setCurrentContext(context);
  }
  const cluster = config.getCurrentCluster();
  if (cluster) completeCluster(cluster);
  const user = config.getCurrentUser();
  if (user) completeUser(user, users?.find(({ name }) => name === user.name)?.user?.tokenFile);
  return config;
}

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

function completeUser(user: Writable<User>, tokenFile: string | undefined): void {
  if (tokenFile) {
    // Read again every minute: such tokens are short-lived. It goes before a token in the kubeconfig itself.
    user.token = undefined;
    user.authProvider = { name: "tokenFile", config: { tokenFile } };
  }
  if (user.exec) {
    const { apiVersion } = user.exec as { apiVersion?: string };
    const told = { apiVersion, kind: "ExecCredential", spec: { interactive: false } };
    user.exec = { ...user.exec, env: [{ name: "KUBERNETES_EXEC_INFO", value: JSON.stringify(told) }, ...(user.exec.env ?? [])] };
  }
}

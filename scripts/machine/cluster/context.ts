import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { UserError } from "../../../config/errors";
import { variables } from "../../../config/variables";
import { contextNames, copyOfContext } from "../../../kube/context-copy";
import { usualFiles } from "../../../kube/kubeconfig";
import { clusterFolder } from "../paths";
import { writeWhole } from "../os/write-whole";

export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, "").toLowerCase();
  return name === "localhost" || name.endsWith(".localhost") || name === "::1" || name === "0.0.0.0" || /^127(\.\d{1,3}){3}$/.test(name);
}

/** Whether a context's API server is on this machine: on loopback, or under a name that local clusters go by. */
export function isLocalContext(context: string, server: string): boolean {
  if (URL.canParse(server) && isLoopback(new URL(server).hostname)) return true;
  return /^(kind-.+|k3d-.+|minikube|docker-desktop)$/.test(context) && URL.canParse(server) && isPrivate(new URL(server).hostname);
}

/** Local clusters in a virtual machine (minikube, Docker Desktop) have a private address or an internal name. */
const isPrivate = (host: string) =>
  /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/.test(host) || host === "kubernetes.docker.internal" || host === "host.docker.internal";

/** Refuses a cluster that nobody named and that is not on this machine. */
export function refuseUnlessLocal(context: string, server: string): void {
  if (isLocalContext(context, server)) return;
  throw new UserError(
    `context ${context} points to ${server}, which is not on this machine`,
    `A cluster elsewhere is used only when named: --context ${context}, or \`context: ${context}\` in the environment's settings.`,
  );
}

export interface ContextFile {
  kubeconfig: string;
  server: string;
}

/**
 * Copies one context out of the user's kubeconfig into a file of its own, so that nothing else can be reached by it.
 * @throws UserError if there is none of that name
 */
export function extractContext(cluster: string, context: string): ContextFile {
  const text = copyOfContext(context);
  if (text !== undefined) return saveKubeconfig(cluster, context, text);
  const known = contextNames();
  throw new UserError(
    `there is no context ${context} in the kubeconfig (${variables.KUBECONFIG ?? "~/.kube/config"})`,
    known.length ? `Known: ${known.join(", ")}.` : "That file has no contexts at all.",
    "no-cluster",
  );
}

/**
 * Brings the copy up to date with the user's kubeconfig, whose login may be another: renewed, or of another account in another file. It
 * stays as it is where the context is gone or leads to another server now: that is `cluster up`'s to decide.
 */
export function renewContext(cluster: string, context: string): void {
  const copy = contextFile(cluster, context);
  // In a shell of `stores env` it is the user's kubeconfig.
  if (!usualFiles().some((file) => resolve(file) !== copy && existsSync(file))) return;
  const now = copyOfContext(context);
  const before = readFileSync(copy, "utf8");
  if (now !== undefined && now !== before && serverOf(now) === serverOf(before)) saveKubeconfig(cluster, context, now);
}

const serverOf = (text: string) => (parse(text) as { clusters?: { cluster?: { server?: string } }[] } | null)?.clusters?.[0]?.cluster?.server;

/** Writes a kubeconfig with one context into the cluster's folder. */
export function saveKubeconfig(cluster: string, context: string, text: string): ContextFile {
  const server = serverOf(text);
  if (!server) throw new UserError(`context ${context} names no server`);
  const kubeconfig = contextFile(cluster, context);
  writeWhole(kubeconfig, text, { ofUserAlone: true });
  return { kubeconfig, server };
}

/** Contexts may be named anything (`arn:aws:eks:…/…`): the file's name keeps what is safe and stays apart by encoding. */
export const contextFile = (cluster: string, context: string) =>
  join(clusterFolder(cluster), "contexts", `${encodeURIComponent(context)}.kubeconfig`);

import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
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
  if (text !== undefined) return saveKubeconfig(copyFile(cluster, context), text, context);
  const known = contextNames();
  throw new UserError(
    `there is no context ${context} in the kubeconfig (${variables.KUBECONFIG ?? "~/.kube/config"})`,
    known.length ? `Known: ${known.join(", ")}.` : "That file has no contexts at all.",
    "no-cluster",
  );
}

/**
 * The copy of a context as the user's kubeconfig has it now, whose login may be another: renewed, or of another account in another file.
 * @param recorded the copy that `cluster up` made: it counts where the context is gone from the kubeconfig or leads to another server now,
 * for that is `cluster up`'s to decide
 */
export function renewContext(cluster: string, context: string, recorded: string): string {
  const now = copyOfContext(context);
  if (now === undefined || serverOf(now) !== serverOf(readFileSync(recorded, "utf8"))) return recorded;
  const copy = copyFile(cluster, context);
  if (!existsSync(copy) || readFileSync(copy, "utf8") !== now) saveKubeconfig(copy, now, context);
  return copy;
}

const serverOf = (text: string) => (parse(text) as { clusters?: { cluster?: { server?: string } }[] } | null)?.clusters?.[0]?.cluster?.server;

/** Writes a kubeconfig with one context. */
export function saveKubeconfig(file: string, text: string, context: string): ContextFile {
  const server = serverOf(text);
  if (!server) throw new UserError(`context ${context} names no server`);
  writeWhole(file, text, { ofUserAlone: true });
  return { kubeconfig: file, server };
}

const contextsFolder = (cluster: string) => join(clusterFolder(cluster), "contexts");

/** Contexts may be named anything (`arn:aws:eks:…/…`): the file's name keeps what is safe and stays apart by encoding. */
export const contextFile = (cluster: string, context: string) => join(contextsFolder(cluster), `${encodeURIComponent(context)}.kubeconfig`);

/** One for each kubeconfig that it may come from: two shells with the logins of two accounts do not get in each other's way. */
export function copyFile(cluster: string, context: string): string {
  const usual = usualFiles().map((file) => resolve(file));
  const copy = contextFile(cluster, context);
  // In a shell of `stores env` the copy is the user's kubeconfig.
  const own = usual.find((file) => copies(cluster, context).includes(file));
  if (own !== undefined) return own;
  if (variables.KUBECONFIG === undefined) return copy;
  const from = createHash("sha256").update(usual.join(delimiter)).digest("hex").slice(0, 8);
  return copy.replace(/\.kubeconfig$/, `@${from}.kubeconfig`);
}

/** All copies of a context that there are. */
function copies(cluster: string, context: string): string[] {
  const folder = contextsFolder(cluster);
  const start = encodeURIComponent(context);
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((name) => name.startsWith(start) && /^(@[0-9a-f]{8})?\.kubeconfig$/.test(name.slice(start.length))).map((name) => join(folder, name));
}

/** Removes every login to a context. */
export function forgetContext(cluster: string, context: string): void {
  for (const file of copies(cluster, context)) rmSync(file, { force: true });
}

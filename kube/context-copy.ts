import { existsSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parse, stringify } from "yaml";
import { UserError } from "../config/errors";
import { commandFrom, usualFiles } from "./kubeconfig";

interface Entry {
  name: string;
  context?: Record<string, unknown>;
  cluster?: Record<string, unknown>;
  user?: Record<string, unknown>;
}

type RawKubeconfig = Partial<Record<"contexts" | "clusters" | "users", Entry[]>>;

/** Keys of a cluster and of a user that hold a file's path. */
const paths = ["certificate-authority", "client-certificate", "client-key", "tokenFile"];

/** The user's kubeconfigs, one after the other. */
const rawFiles = () => usualFiles().filter((file) => existsSync(file)).map((file) => withWholePaths(readRaw(file), dirname(resolve(file))));

/** Names of the contexts that the user's kubeconfig has. */
export const contextNames = (): string[] => [...new Set(rawFiles().flatMap(({ contexts }) => (contexts ?? []).map(({ name }) => name)))];

/**
 * One context of the user's kubeconfig, as a kubeconfig of its own: nothing else can be reached by it. Certificates and tokens that
 * stand in files stay there, so that rotated ones count.
 * @returns undefined if there is no such context
 */
export function copyOfContext(name: string): string | undefined {
  const files = rawFiles();
  // What stands in several files counts as the first has it.
  const find = (list: keyof RawKubeconfig, wanted: unknown) => files.flatMap((file) => file[list] ?? []).filter((entry) => entry.name === wanted).slice(0, 1);
  const [context] = find("contexts", name);
  if (!context) return undefined;
  const { cluster, user } = context.context ?? {};
  return stringify({ apiVersion: "v1", kind: "Config", "current-context": name, contexts: [context], clusters: find("clusters", cluster), users: find("users", user) });
}

function readRaw(file: string): RawKubeconfig {
  try {
    return (parse(readFileSync(file, "utf8")) as RawKubeconfig | null) ?? {};
  } catch (error) {
    throw new UserError(`${file} can not be read: ${(error as Error).message.split("\n")[0]}`, "It is kubectl's: mend it, or name another in KUBECONFIG.");
  }
}

/** Paths count from the folder of the file that they stand in. */
function withWholePaths({ contexts, clusters, users }: RawKubeconfig, folder: string): RawKubeconfig {
  const whole = (entry: Record<string, unknown> = {}) =>
    Object.fromEntries(Object.entries(entry).map(([key, value]) => [key, paths.includes(key) && typeof value === "string" && value !== "" ? resolve(folder, value) : value]));
  const withCommand = (user: Record<string, unknown>) => {
    const exec = user.exec as { command?: string } | undefined;
    return exec?.command === undefined ? user : { ...user, exec: { ...exec, command: commandFrom(folder, exec.command) } };
  };
  return {
    contexts,
    clusters: clusters?.map((entry) => ({ ...entry, cluster: whole(entry.cluster) })),
    users: users?.map((entry) => ({ ...entry, user: withCommand(whole(entry.user)) })),
  };
}

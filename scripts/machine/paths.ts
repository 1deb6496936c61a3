import { homedir } from "node:os";
import { join } from "node:path";

/**
 * Everything that is not source lives outside the checkout, in one folder:
 * `$STOREFLEET_CACHE`, else `$XDG_CACHE_HOME/storefleet`, else `~/.cache/storefleet`.
 */
export function cacheFolder(): string {
  return process.env.STOREFLEET_CACHE ?? join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "storefleet");
}

/** Tools, one folder each: `tools/<tool>-<version>/`. Shared by every checkout and environment. */
export const toolsFolder = () => join(process.env.STOREFLEET_TOOLS ?? join(cacheFolder(), "tools"));

/** One cluster's kubeconfig, certificates, data, pids and logs. Its name also names its kube context. */
export const clusterFolder = (cluster: string) => join(cacheFolder(), "clusters", cluster);

/** An environment's Pulumi state (unless PULUMI_BACKEND_URL says otherwise), passphrase, work folders and logs. */
export const environmentFolder = (env: string) => join(cacheFolder(), "environments", env);

/** The cluster of an environment; `STOREFLEET_CLUSTER` puts another in its place. */
export const clusterName = (env: string) => process.env.STOREFLEET_CLUSTER ?? env;

import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { variables } from "../../config/variables";
import { takeAlong } from "./take-along";

/** What can be had again at any time, outside the checkout: `$STOREFLEET_CACHE`, else `$XDG_CACHE_HOME/storefleet`, else `~/.cache/storefleet`. */
export function cacheFolder(): string {
  return variables.STOREFLEET_CACHE ?? join(variables.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "storefleet");
}

/**
 * What can not: `$XDG_STATE_HOME/storefleet`, else `~/.local/state/storefleet`. Whoever names the cache folder by
 * STOREFLEET_CACHE gets all in that one.
 */
export function stateFolder(): string {
  return variables.STOREFLEET_CACHE ?? join(variables.XDG_STATE_HOME ?? join(homedir(), ".local", "state"), "storefleet");
}

/** Tools, one folder each: `tools/<tool>-<version>/`. Shared by every checkout and environment. */
export const toolsFolder = () => variables.STOREFLEET_TOOLS ?? join(cacheFolder(), "tools");

/**
 * One cluster's kubeconfig, certificates, data, pids and logs. Its name also names its kube context. One that earlier versions
 * made in the cache folder stays there, since its programs run: a reset ends that.
 */
export function clusterFolder(cluster: string): string {
  const former = join(cacheFolder(), "clusters", cluster);
  return existsSync(former) ? former : join(stateFolder(), "clusters", cluster);
}

/** An environment's Pulumi state (unless PULUMI_BACKEND_URL says otherwise), passphrase, work folders and logs. */
export const environmentFolder = (env: string) => takeAlong(formerEnvironmentFolder(env), join(stateFolder(), "environments", env));

/** Where earlier versions had it; a link is left there. */
export const formerEnvironmentFolder = (env: string) => join(cacheFolder(), "environments", env);

/** The cluster of an environment; `STOREFLEET_CLUSTER` puts another in its place. */
export const clusterName = (env: string) => variables.STOREFLEET_CLUSTER ?? env;

import { UserError } from "../config/errors";
import type { EnvironmentName } from "../config/names";
import { storesCommand } from "../config/stores-command";

/** By its `uid` a cluster is known, whatever context, name or address leads to it. */
export const clusterMark = { apiVersion: "v1", kind: "Namespace", name: "kube-system" } as const;

/**
 * Throws a UserError when a state describes another cluster than the one at hand: to Pulumi all of it would be gone, so that it
 * would be made again here, and nothing would know of what runs there.
 * @param described the cluster that the environment's outputs name; undefined or empty where they name none yet
 * @param living the cluster that the context leads to
 */
export function refuseOtherCluster(env: EnvironmentName, context: string, described: string | undefined, living: string | undefined): void {
  if (!described || !living || described === living) return;
  throw new UserError(
    `the state of environment ${env} is about another cluster than that of context ${context}; nothing was done`,
    `Back to that one: ${storesCommand("cluster up", { env, context: "NAME" })}${env === "local" ? ` (one that this project made: ${storesCommand("cluster down")} && ${storesCommand("cluster up")})` : ""}\n` +
      `If it is gone, or the stores shall be made anew on this one and left alone on that: ${storesCommand("cluster up --move", { env, ...(env !== "local" && { context }) })}`,
    "another-cluster",
  );
}

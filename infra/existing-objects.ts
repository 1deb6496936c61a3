import { UserError } from "../config/errors";
import type { KubeObject } from "../kube";
import { clusterAt } from "./cluster-reader";
import { pathOfPart, type PartName } from "./part-name";

/** An object, as far as the environment's program looks at it. */
export interface Found {
  metadata?: Partial<KubeObject["metadata"]>;
  spec?: KubeObject["spec"];
  status?: KubeObject["status"];
}

/** Looks at the cluster that the provider of this context will work on. */
export async function finderIn(context: string): Promise<(part: PartName) => Promise<Found | undefined>> {
  return async (part) => {
    try {
      return await (await clusterAt(context)).get(pathOfPart(part));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      throw new UserError(`${part.kind} ${part.name} can not be looked for on ${context}: ${error.message}`, "Nothing was touched.", "cluster-unreachable");
    }
  };
}

import { UserError } from "../config/errors";
import type { PartName } from "./own-parts";

/** An object of the cluster, as far as programs look at it. */
export interface Found {
  metadata?: { uid?: string; labels?: Record<string, string> };
}

/** Looks at the cluster that the provider of this context will work on, as the provider finds it. */
export async function finderIn(context: string): Promise<(part: PartName) => Promise<Found | undefined>> {
  const { KubeConfig, KubernetesObjectApi, ApiException } = await import("@kubernetes/client-node");
  const config = new KubeConfig();
  config.loadFromDefault();
  config.setCurrentContext(context);
  const api = KubernetesObjectApi.makeApiClient(config);
  return async ({ apiVersion, kind, name, namespace }) => {
    try {
      return await api.read({ apiVersion, kind, metadata: { name, namespace } });
    } catch (error) {
      if (error instanceof ApiException && error.code === 404) return undefined;
      throw new UserError(`${kind} ${name} can not be looked for on ${context}: ${(error as Error).message.split("\n")[0]}`, "Nothing was touched.", "cluster-unreachable");
    }
  };
}

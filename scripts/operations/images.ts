import { readSettings } from "../../config/environment";
import { currentCluster, type Cluster } from "../machine/cluster";
import { provideImages, type ProvidedImage } from "../machine/images";
import { clusterName } from "../machine/paths";
import type { Listener, Scope } from "./scope";

export type { ProvidedImage };

export interface ProvidedImages {
  images: ProvidedImage[];
  /** The environment's cluster, if one runs. */
  cluster?: Pick<Cluster, "simulated" | "context">;
}

/** Builds this project's own images, and brings them to the registry or the cluster. */
export async function images({ env, context }: Scope, { say }: Pick<Listener, "say">): Promise<ProvidedImages> {
  const settings = readSettings(env);
  const cluster = await currentCluster(clusterName(env), context ?? settings.context);
  return { images: await provideImages({ settings, cluster, log: say }), cluster };
}

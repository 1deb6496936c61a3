import { setTimeout as sleep } from "node:timers/promises";
import type { Log } from "../shared/provider";
import { ApiError, type Cluster, type Connection } from "./cluster";

/** Pauses before creation is tried again while something it needs, such as its namespace, does not exist yet. */
const creationRetries = [1, 2, 4, 8, 16, 32];

/** What one configured provider knows: its cluster, if it can be reached, and its settings. */
export interface Session {
  readonly cluster: Cluster | undefined;
  readonly connection: Connection | undefined;
  readonly unreachable: string;
  readonly defaultNamespace: string;
  readonly secretMutable: boolean;
  readonly configMapMutable: boolean;
  readonly patchForce: boolean;
  readonly upsertExisting: boolean;
  readonly deleteUnreachable: boolean;
  /** Where Helm keeps its records: `secret` or `configmap`. */
  readonly helmDriver: string;
  /** Aborted when the operation is cancelled. */
  readonly signal: AbortSignal;
  readonly log: Log;
  /** The cluster; throws if it cannot be reached. */
  reachable(): Cluster;
  /** Repeats a creation that fails because something does not exist, as it may be about to. */
  retryWhileMissing<Result>(urn: string, preview: boolean, create: () => Promise<Result>): Promise<Result>;
}

export type Settings = Omit<Session, "reachable" | "retryWhileMissing">;

export const session = (settings: Settings): Session => ({
  ...settings,
  reachable() {
    if (settings.cluster) return settings.cluster;
    throw new Error(`configured Kubernetes cluster is unreachable: ${settings.unreachable}`);
  },
  async retryWhileMissing(urn, preview, create) {
    for (let attempt = 0; ; attempt++) {
      try {
        return await create();
      } catch (error) {
        const pause = creationRetries[attempt];
        const missing = error instanceof ApiError && error.code === 404;
        if (!missing || preview || pause === undefined || settings.signal.aborted) throw error;
        settings.log("info", urn, `Retry #${attempt}; creation failed: ${error.message}`, true);
        await sleep(pause * 1000, undefined, { signal: settings.signal }).catch(() => undefined);
      }
    }
  },
});

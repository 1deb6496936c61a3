import { UserError } from "../../config/errors";
import type { EnvironmentName } from "../../config/names";
import { shellWord, storesCommand } from "../../config/stores-command";
import type { Session } from "../engine/session";
import type { Decision } from "../fleet/classify";
import { isLocalContext } from "../machine/cluster";
import { lookAtDoomed, type DoomedStore } from "./doomed";
import type { Fleet } from "./open-fleet";

/** Which cluster that is. */
export interface ClusterAddress {
  context: string;
  /** Of the API server. */
  server: string;
}

/** What somebody has to agree to before it is gone for good. */
export interface Deletion {
  env: EnvironmentName;
  cluster: ClusterAddress;
  stores: DoomedStore[];
  /** Whether each is saved before. */
  saved: boolean;
  /** What has to be typed for it; null where a yes is enough. */
  typed: string | null;
}

/** Asked before stores are deleted; throws where that is not wanted. */
export type Consent = (deletion: Deletion) => Promise<void>;

export interface DeletionLimits {
  /** More deletions than this are refused. */
  maxDeletes: number;
  /** What was asked for, for the command that would do it. */
  prune: boolean;
  names: string[];
}

/** Deletions need to be few, meant, and not the result of an empty list. Returns what goes with the stores. */
export const requirePermission = async (decisions: Decision[], { session, wanted }: Pick<Fleet, "session" | "wanted">, limits: DeletionLimits, consent: Consent, saved: boolean): Promise<DoomedStore[]> =>
  requireConsent(session, requireFew(decisions, wanted, limits), consent, saved);

/** Refuses deletions that are many, or the result of an empty list. Returns the others. */
export function requireFew(decisions: Decision[], wanted: Fleet["wanted"], { maxDeletes, prune, names }: DeletionLimits): Decision[] {
  const deletions = decisions.filter(({ action }) => action === "delete");
  if (deletions.length === 0) return [];
  if (wanted.length === 0) {
    throw new UserError(
      `the list is empty, and ${deletions.length} stores run: an empty list deletes nothing`,
      `To remove them all: ${storesCommand("destroy --all")}`,
      "refused-deletion",
    );
  }
  if (deletions.length > maxDeletes) {
    throw new UserError(
      `${deletions.length} stores left the list (${deletions.map(({ name }) => name).join(", ")}), more than --max-deletes ${maxDeletes}; nothing was done`,
      `If that is meant: ${storesCommand(["apply", ...names.map(shellWord), ...(prune ? ["--prune"] : []), `--max-deletes ${deletions.length}`].join(" "))}`,
      "refused-deletion",
    );
  }
  return deletions;
}

/** Looks at what would be lost, and asks for it. Returns what was seen. */
export async function requireConsent(session: Session, doomed: Pick<Decision, "name" | "observed">[], consent: Consent, saved: boolean): Promise<DoomedStore[]> {
  if (doomed.length === 0) return [];
  const stores = await lookAtDoomed(session, doomed);
  const cluster = clusterAddressOf(session);
  await consent({ env: session.env, cluster, stores, saved, typed: wordFor(session.env, cluster, stores) });
  return stores;
}

export const clusterAddressOf = ({ cluster, kube }: Pick<Session, "cluster" | "kube">): ClusterAddress => ({ context: cluster.context, server: kube.server });

/** A yes slips out. Wherever customers may be, that is in all but `local` on a cluster of this machine, the name says it: the store's, or of several the environment's. */
export function wordFor(env: EnvironmentName, { context, server }: ClusterAddress, stores: Pick<DoomedStore, "name">[]): string | null {
  if (env === "local" && isLocalContext(context, server)) return null;
  return stores.length === 1 ? stores[0]!.name : env;
}

import { UserError } from "../../config/errors";
import type { KubeObject } from "../../kube";
import { workloadsIn } from "../engine/scale";
import { recordedStore, type OneListener } from "./records/of-stores";
import { findStore } from "./running-store";
import type { Scope } from "./scope";

/** The note on a pod template by which kubectl restarts as well: another value is another template. */
const restartedAt = "kubectl.kubernetes.io/restartedAt";

/**
 * Restarts a store's pods, or those of one part (`worker`, `mariadb`), as its update strategy has it: a part of several pods goes on
 * answering. Returns what restarts.
 */
export async function restart(scope: Scope, name: string, part: string | undefined, listener: OneListener, now = new Date()): Promise<string[]> {
  const { session, store } = await findStore(scope, name);
  const { kube } = session;
  const all = (await workloadsIn(kube, store.namespace)).map(({ path, object }) => ({ path, name: object.metadata.name, part: partOf(object) }));
  const chosen = all.filter((it) => part === undefined || it.part === part || it.name === part);
  if (chosen.length === 0) throw new UserError(part === undefined ? `${name} has nothing to restart` : `${name} has no part "${part}"`, `It has: ${all.map((it) => it.part).sort().join(", ") || "none"}.`, "usage");
  await recordedStore(session, "restart", name, listener, async () => {
    for (const { path } of chosen) await kube.merge(path, { spec: { template: { metadata: { annotations: { [restartedAt]: now.toISOString() } } } } });
  });
  return chosen.map((it) => it.name);
}

/** A part is called after its first container. */
const partOf = ({ metadata, spec }: KubeObject): string => (spec?.template?.spec?.containers as { name: string }[] | undefined)?.[0]?.name ?? metadata.name;

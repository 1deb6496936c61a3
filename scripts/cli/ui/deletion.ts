import type { Consent, Deletion } from "../../operations/deletion-guards";
import { confirm, note } from "../common";
import { duration, table } from "./table";

/** Shows what would be lost, and asks for it unless that was said beforehand. */
export const asking = (yes = false): Consent => async (deletion) => {
  note(describeDeletion(deletion));
  if (!yes) await confirm(`Delete ${deletion.stores.map(({ name }) => name).join(", ")} with all data?`, "--yes", deletion.typed);
};

export function describeDeletion({ env, cluster, stores, saved }: Deletion, now = Date.now()): string {
  const rows = stores.map(({ name, createdAt, volumes, orders }) => [
    name,
    createdAt ? duration((now - Date.parse(createdAt)) / 1000) : "not on the cluster",
    volumes ? `${volumes.count}${volumes.count > 0 ? ` (${sizeOf(volumes.bytes)})` : ""}` : "unknown",
    createdAt ? String(orders ?? "unknown") : "-",
  ]);
  const kept = saved ? "A backup of each is made before." : "No backup is made before.";
  return `To be deleted with all data, in environment ${env} on context ${cluster.context} (${cluster.server}):\n${table(["STORE", "AGE", "VOLUMES", "ORDERS"], rows)}\n${kept}`;
}

/** `18 GiB`, `512 MiB`. */
export const sizeOf = (bytes: number) => (bytes >= 2 ** 30 ? `${Number((bytes / 2 ** 30).toFixed(1))} GiB` : `${Math.round(bytes / 2 ** 20)} MiB`);

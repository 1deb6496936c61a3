import { cut, escaped } from "../../config/shown";
import { originChanges, type Origin, type OriginChange } from "../../stores/origin";
import { changedByHand } from "./classify";
import type { Observed } from "./observe";

/**
 * Why a store is updated. `secret`: one from outside holds something else by now. `unknown`: its receipt does not tell what it was made from. `unfinished`, `failed`: so was the last operation.
 * `by-hand`: Helm has something else than was reached. `walls`: quota and limits are still to be lowered. `deleted`: its namespace is on its way out.
 */
export type Cause = OriginChange | { cause: "secret"; name: string } | { cause: "unknown" | "unfinished" | "failed" | "by-hand" | "walls" | "deleted" };

/** In what a store is not as it is wanted; nothing for one that is unchanged. */
export function causesOf(observed: Observed, digest: string, origin: Origin): Cause[] {
  const { deleting, receipt, intendedDigest, lastError, changedSecrets = [] } = observed;
  if (deleting) return [{ cause: "deleted" }];
  const causes: Cause[] = [];
  if (receipt && receipt.digest !== digest) {
    const changes = receipt.origin ? originChanges(receipt.origin, origin) : [];
    causes.push(...(changes.length > 0 ? changes : [{ cause: "unknown" as const }]));
  }
  causes.push(...changedSecrets.map((name) => ({ cause: "secret" as const, name })));
  if (lastError !== undefined) causes.push({ cause: "failed" });
  else if (receipt === undefined || receipt.digest !== intendedDigest) causes.push({ cause: "unfinished" });
  else if (changedByHand(observed)) causes.push({ cause: "by-hand" });
  if (receipt?.held) causes.push({ cause: "walls" });
  return causes;
}

const sentences = {
  program: "this checkout's program is another than the one it was made with",
  unknown: "made by an older version, which did not note from what",
  unfinished: "the last operation did not get to its end",
  failed: "the last operation failed",
  "by-hand": "its Helm release was changed by hand",
  walls: "quota and limits are still to be lowered",
  deleted: "its namespace is being deleted",
};

/** For people, on one line. */
export function causesInWords(causes: Cause[]): string {
  const settings = causes.flatMap((it) => (it.cause === "settings" ? [it.key] : []));
  const entry = causes.flatMap((it) => (it.cause === "entry" ? [`${escaped(it.key)} ${value(it.from)} → ${value(it.to)}`] : []));
  const secrets = causes.flatMap((it) => (it.cause === "secret" ? [`Secret ${escaped(it.name)} changed`] : []));
  const others = causes.flatMap((it) => (it.cause === "entry" || it.cause === "settings" || it.cause === "secret" ? [] : [sentences[it.cause]]));
  return [...(entry.length > 0 ? [entry.join(", ")] : []), ...(settings.length > 0 ? [`the environment's ${settings.map(escaped).join(", ")}`] : []), ...secrets, ...others].join("; ");
}

/** `small` rather than `"small"`. */
const value = (json = "none") => (/^"[\w.@+-]+"$/.test(json) ? json.slice(1, -1) : cut(json));

import type { Pending, Planned } from "../../api/types";

type Cause = Pending["why"][number];

const sentences: Record<Exclude<Cause["cause"], "entry" | "settings" | "secret">, string> = {
  program: "made by another version of the program",
  unknown: "made by an older version, which did not note from what",
  unfinished: "the last operation did not get to its end",
  failed: "the last operation failed",
  "by-hand": "its Helm release was changed by hand",
  walls: "quota and limits are still to be lowered",
  deleted: "its namespace is being deleted",
};

/** `small` rather than `"small"`. */
const value = (json = "none") => json.replace(/^"([^"\\]*)"$/, "$1");

/** Why a store is changed, one after the other. */
export const causesOf = (why: readonly Cause[]): string[] =>
  why.map((it) => {
    if (it.cause === "entry") return `${it.key}: ${value(it.from)} → ${value(it.to)}`;
    if (it.cause === "settings") return `the environment's ${it.key}`;
    if (it.cause === "secret") return `Secret ${it.name} changed`;
    return sentences[it.cause];
  });

export type Action = Planned["action"];

/** What becomes of a store. */
export const becomes: Record<Action, string> = {
  create: "created", update: "updated", upgrade: "upgraded", delete: "deleted", unchanged: "as it is", refused: "refused", orphan: "left the list, kept", protected: "left the list, protected",
};

/** A sign besides the word, for who looks over many. */
export const signs: Record<string, string> = { create: "+", update: "~", upgrade: "~", replace: "±", delete: "−", refused: "!" };

/** `2 created, 1 deleted`: of how many stores what becomes, in the order in which it matters. */
export function summaryOf(stores: readonly Pick<Planned, "action">[]): string {
  const count = (action: Action) => stores.filter((it) => it.action === action).length;
  const actions: Action[] = ["create", "update", "upgrade", "delete", "refused", "orphan", "protected", "unchanged"];
  return actions.filter((it) => count(it) > 0).map((it) => `${count(it)} ${becomes[it]}`).join(", ");
}

/** `1 created, 2 updated`: the resources of a store. */
export const resourcesIn = (changes: Planned["changes"]): string =>
  (["create", "update", "replace", "delete"] as const).filter((it) => changes[it] > 0).map((it) => `${changes[it]} to ${it}`).join(", ");

/** Why nothing can be done by a plan; undefined where something can. */
export function idle(stores: readonly Pick<Planned, "name" | "action" | "looked">[]): string | undefined {
  const unseen = stores.filter(({ looked }) => !looked).map(({ name }) => name);
  if (unseen.length > 0) return `Nothing can be done by this plan, as not all stores could be looked at: ${unseen.join(", ")}.`;
  return stores.some(({ action }) => ["create", "update", "upgrade", "delete"].includes(action)) ? undefined : "There is nothing to do.";
}

/** Where a line and a column are in a text; its end where it has none such. */
export function offsetOf(text: string, line: number, column: number): number {
  let start = 0;
  for (let at = 1; at < line; at++) {
    const end = text.indexOf("\n", start);
    if (end < 0) return text.length;
    start = end + 1;
  }
  return Math.min(start + column - 1, text.length);
}

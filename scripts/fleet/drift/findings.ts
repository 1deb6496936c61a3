import { createHash } from "node:crypto";
import type { Ignored } from "../../../config/drift";
import type { KubeObject } from "../../../kube";
import { differences } from "./compare";
import { isIgnored, mayBeAdded, mayDiffer } from "./exceptions";
import { comparable, type Expected } from "./expected";
import { addedFields, foreignFields, keptSecret, lastWriter, type ForeignField } from "./managers";
import { childOf, isObject, textOf, valueAt, type Path } from "./path";

/** missing: the object. changed: a field. added: a field that nobody wants. foreign: a field that others have written, of which nobody knows what it should be. */
export const driftClasses = ["missing", "changed", "added", "foreign"] as const;

/** A way in which a store is not as it was made. */
export interface Finding {
  expected: Expected;
  live: KubeObject | undefined;
  path: Path;
  class: (typeof driftClasses)[number];
  want: unknown;
  has: unknown;
  /** Who wrote what is there; null where the cluster does not remember. */
  by: string | null;
  at: string | null;
}

/** What about one object is not as wanted. */
export function findingsOf(expected: Expected, live: KubeObject | undefined, ignored: readonly Ignored[]): Finding[] {
  const { object: { kind, metadata: { name } }, want, partly } = expected;
  const of = { kind, name };
  const isOut = (path: Path, by: string | null) => isIgnored(ignored, kind, textOf(path), by);
  if (!live) return isOut([], null) ? [] : [{ expected, live, path: [], class: "missing", want: null, has: undefined, by: null, at: null }];

  const seen = comparable(live, kind);
  const changed = differences(want, seen).flatMap((difference): Finding[] => {
    const writer = lastWriter(live, difference.path);
    if (writer?.cluster || mayDiffer(kind, difference) || mayBeAdded(of, difference.path) || isOut(difference.path, writer?.by ?? null)) return [];
    return [{ expected, live, path: difference.path, class: "changed", want: difference.want, has: difference.live, by: writer?.by ?? null, at: writer?.at ?? null }];
  });
  const told = new Set(changed.map(({ path }) => textOf(path)));
  const spared = (path: Path, by: string) => mayBeAdded(of, path) || isOut(path, by);
  // Of a Secret it is known which keys it has to hold.
  const isWhole = (path: Path) => (path[0] === "metadata" && "metadata" in want) || (kind === "Secret" && path[0] === "data" && "data" in want && childOf(want.data, path[1] ?? "") === undefined);
  const added = addedFields(live, seen, want, (path, { by }) => spared(path, by)).filter(({ path }) => !partly || isWhole(path));
  const foreign = partly ? foreignFields(live).filter(({ path, by }) => !isWhole(path) && !spared(path, by) && !told.has(textOf(path))) : [];
  const byOthers = (its: "added" | "foreign") => ({ path, by, at }: ForeignField): Finding => ({ expected, live, path, class: its, want: undefined, has: valueAt(seen, path), by, at });
  return [...changed, ...added.map(byOthers("added")), ...foreign.map(byOthers("foreign"))];
}

/** A finding as it is told: without a value of a Secret, and long texts by what they are known by. */
export interface Drift {
  object: string;
  path: string;
  class: Finding["class"];
  want: unknown;
  live: unknown;
  by: string | null;
  at: string | null;
}

export function toldOf({ expected: { object: { kind, metadata: { name } } }, path, class: its, want, has, by, at }: Finding): Drift {
  const shown = (value: unknown) => (value === undefined ? null : kind === "Secret" && path[1] !== "labels" ? keptSecret : shortened(value));
  return { object: `${kind}/${name}`, path: textOf(path), class: its, want: shown(want), live: shown(has), by, at };
}

const longest = 200;

function shortened(value: unknown): unknown {
  if (typeof value === "string") return value.length <= longest ? value : `${value.length} characters, sha256 ${createHash("sha256").update(value).digest("hex").slice(0, 12)}`;
  if (Array.isArray(value)) return value.map(shortened);
  return isObject(value) ? Object.fromEntries(Object.entries(value).map(([key, its]) => [key, shortened(its)])) : value;
}

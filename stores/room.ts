import type { Room } from "../components/shared/room";
import { larger, quantity } from "../config/quantity";
import type { LivingWalls } from "./living";

/** Each part's values, such as `{ postgres: { replicas: 1, memoryLimit: "1Gi" }, volumes: { postgres: "2Gi" } }`. */
export type Sizes = Record<string, Record<string, number | string | undefined>>;

export interface Walls extends Room {
  /** The sizes that this room is for, as JSON; undefined when the sizes that the shop had are not known. */
  sizes?: string;
  /** What the receipt says when this is more room than the wanted sizes need. */
  held?: string;
}

/** In a receipt, for room that was kept without knowing the sizes. */
const unknownSizes = "unknown";

/**
 * The walls of an operation. Pods of the old sizes run until the release has replaced them, and those of the new ones
 * are refused when the two together find no room; so what the walls allowed before stays allowed, until a release with
 * this digest is deployed under just these walls. The operation after that lowers them.
 */
export function wallsFor<S extends Sizes>(wanted: S, roomFor: (sizes: S) => Room, digest: string, live: LivingWalls): Walls {
  const goal: Walls = { ...roomFor(wanted), sizes: JSON.stringify(wanted) };
  if (!live.quota || (live.reached === digest && live.held === (live.sizes ?? unknownSizes))) return goal;
  const kept = keptBySizes(wanted, roomFor, live.sizes) ?? {
    quota: largerOf(goal.quota, live.quota),
    containerMax: largerOf(goal.containerMax, live.containerMax ?? {}),
  };
  const isMore = JSON.stringify([kept.quota, kept.containerMax]) !== JSON.stringify([goal.quota, goal.containerMax]);
  return isMore ? { ...kept, held: kept.sizes ?? unknownSizes } : goal;
}

/** The room for the larger value of each part; undefined when the sizes on the quota are none of this engine's. */
function keptBySizes<S extends Sizes>(wanted: S, roomFor: (sizes: S) => Room, held: string | undefined): Walls | undefined {
  if (held === undefined) return undefined;
  try {
    const sizes = largerSizes(JSON.parse(held) as Sizes, wanted);
    return { ...roomFor(sizes), sizes: JSON.stringify(sizes) };
  } catch {
    return undefined;
  }
}

/** The larger value of each part that is wanted. */
function largerSizes<S extends Sizes>(held: Sizes, wanted: S): S {
  const part = (name: string, values: Sizes[string]) =>
    Object.entries(values).flatMap(([key, value]) => {
      const before = held[name]?.[key];
      // A quota on CPU limits would refuse the pods that have none.
      if (key === "cpuLimit" && (value === undefined || before === undefined)) return [];
      return [[key, typeof value === "number" ? Math.max(value, quantity(String(before))) : larger(String(before), String(value))]];
    });
  return Object.fromEntries(Object.entries(wanted).map(([name, values]) => [name, Object.fromEntries(part(name, values))])) as S;
}

/** For each thing that is limited from now on, whichever is more. */
const largerOf = (wanted: Record<string, string>, live: Record<string, string>) =>
  Object.fromEntries(Object.entries(wanted).map(([key, value]) => [key, larger(value, live[key] ?? value)]));

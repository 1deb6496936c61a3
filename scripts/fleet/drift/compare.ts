import { quantity } from "../../../config/quantity";
import { identityOf, isObject, itemStep, type Path } from "./path";

/** A field that is not as it is wanted. */
export interface Difference {
  path: Path;
  want: unknown;
  /** Undefined where it is not there. */
  live: unknown;
}

/**
 * Where an object does not hold what is wanted of it. What it has besides (defaults, a controller's fields) is no difference: who added a
 * field, its managers tell.
 */
export function differences(want: unknown, live: unknown, path: Path = []): Difference[] {
  if (want === null || want === undefined) return [];
  const here = [{ path, want, live }];
  if (isObject(want)) {
    if (!isObject(live)) return live === undefined && isNothing(want) ? [] : here;
    return Object.entries(want).flatMap(([key, value]) => differences(value, live[key], [...path, key]));
  }
  if (!Array.isArray(want)) return isSame(want, live, path) ? [] : here;
  if (!Array.isArray(live)) return live === undefined && want.length === 0 ? [] : here;
  const keys = identityOf(path.at(-1), want) && identityOf(path.at(-1), live);
  if (keys) {
    const byStep = new Map(live.map((item) => [itemStep(item as Record<string, unknown>, keys), item as unknown]));
    return want.flatMap((item) => {
      const step = itemStep(item as Record<string, unknown>, keys);
      return differences(item, byStep.get(step), [...path, step]);
    });
  }
  if (want.length !== live.length) return here;
  return want.flatMap((item, index) => differences(item, live[index], [...path, `[${index}]`]));
}

/** The API server leaves out what is empty. */
const isNothing = (value: object) => Object.values(value).every((it) => it === null || it === undefined);

function isSame(want: unknown, live: unknown, path: Path): boolean {
  if (want === live || (want === "" && live === undefined)) return true;
  if (isAmount(want) && isAmount(live)) {
    if (amounts.has(path.at(-2) ?? "") || path.at(-1) === "sizeLimit") return amountOf(want) === amountOf(live);
    if (durations.test(path.at(-1) ?? "")) return secondsOf(String(want)) === secondsOf(String(live));
  }
  return false;
}

/** Maps of quantities, which the API server writes its own way: `1000m` is `1`. */
const amounts = new Set(["limits", "requests", "hard", "max", "min", "default", "defaultRequest"]);
/** Fields whose durations a controller may write its own way: `1h` is `1h0m0s`. */
const durations = /(interval|duration|timeout|renewBefore)$/i;

const isAmount = (value: unknown): value is string | number => typeof value === "string" || typeof value === "number";

/** What is none is itself. */
function amountOf(value: string | number): number | string | undefined {
  try {
    return quantity(String(value));
  } catch {
    return value;
  }
}

const units: Record<string, number> = { h: 3600, m: 60, s: 1, ms: 1e-3 };

/** What is none is itself. */
function secondsOf(text: string): number | string {
  if (!/^(\d+(\.\d+)?(ms|h|m|s))+$/.test(text)) return text;
  return [...text.matchAll(/([\d.]+)(ms|h|m|s)/g)].reduce((sum, [, count, unit]) => sum + Number(count) * units[unit!]!, 0);
}

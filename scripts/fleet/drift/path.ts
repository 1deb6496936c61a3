/**
 * Steps into an object: keys, and of a list's items what the API server knows them by, `[name=wordpress]`, or their place, `[0]`.
 */
export type Path = readonly string[];

export const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

/** By what items of a list are known, as Kubernetes has it; lists of other names are one value. */
const identities: Record<string, string[]> = {
  containers: ["name"], initContainers: ["name"], env: ["name"], volumes: ["name"], imagePullSecrets: ["name"], secrets: ["name"],
  volumeMounts: ["mountPath"], hostAliases: ["ip"], topologySpreadConstraints: ["topologyKey", "whenUnsatisfiable"],
};

/** The keys by which the items of a list are told apart; undefined where only their order does. */
export function identityOf(list: string | undefined, items: readonly unknown[]): string[] | undefined {
  if (list === undefined || !items.every(isObject)) return undefined;
  const keys = list === "ports" ? [items.some((it) => isObject(it) && "containerPort" in it) ? "containerPort" : "port", "protocol"] : identities[list];
  if (!keys) return undefined;
  const steps = items.map((item) => itemStep(item as Record<string, unknown>, keys));
  return new Set(steps).size === steps.length ? keys : undefined;
}

export const itemStep = (item: Record<string, unknown>, keys: readonly string[]): string =>
  `[${keys.map((key) => `${key}=${String(item[key] ?? (key === "protocol" ? "TCP" : ""))}`).join(",")}]`;

/** The key or index that a step leads to from here; undefined where there is no such thing. */
export function placeOf(value: unknown, step: string): string | number | undefined {
  if (isObject(value)) return step in value ? step : undefined;
  if (!Array.isArray(value) || !/^\[.*\]$/s.test(step)) return undefined;
  const inner = step.slice(1, -1);
  if (/^\d+$/.test(inner)) return Number(inner) < value.length ? Number(inner) : undefined;
  const keys = [...inner.matchAll(/(?:^|,)(\w+)=/g)].map(([, key]) => key!);
  const index = value.findIndex((item) => (isObject(item) ? itemStep(item, keys) === step : step === `[=${String(item)}]`));
  return index < 0 ? undefined : index;
}

export function childOf(value: unknown, step: string): unknown {
  const place = placeOf(value, step);
  return place === undefined ? undefined : (value as Record<string | number, unknown>)[place];
}

export const valueAt = (value: unknown, path: Path): unknown => path.reduce(childOf, value);

const escaped = (step: string | number) => String(step).replaceAll("~", "~0").replaceAll("/", "~1");

/** For people and for settings: a JSON pointer, but with items by what they are known by. */
export const textOf = (path: Path): string => path.map((step) => `/${escaped(step)}`).join("");

/** The same as a JSON pointer into this very object; undefined where it does not lead anywhere. */
export function pointerTo(object: unknown, path: Path): string | undefined {
  let at = object;
  let pointer = "";
  for (const step of path) {
    const place = placeOf(at, step);
    if (place === undefined) return undefined;
    pointer += `/${escaped(place)}`;
    at = (at as Record<string | number, unknown>)[place];
  }
  return pointer;
}

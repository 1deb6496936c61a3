import type { StepEventMetadata } from "@pulumi/pulumi/automation";
import { specialArchiveSig, specialAssetSig, specialSigKey, unknownValue } from "@pulumi/pulumi/runtime/rpc";
import { propertyPath } from "../../config/property-path";
import { cut, escaped, quoted } from "../../config/shown";

/** A value that an operation changes, as text for people: one line, cut, and never a secret. */
export interface ChangedValue {
  /** As Pulumi writes it: `spec.rules[0].host`, `metadata.labels["example.com/x"]`. */
  path: string;
  /** Absent where there was none. With `to` absent as well: it differs, and is not shown. */
  from?: string;
  /** Absent where there is none any more. */
  to?: string;
}

type Properties = Record<string, unknown>;

const most = 20;

/**
 * In which values a resource differs, by its inputs before and after: the first twenty, and how many there are besides. What Pulumi has
 * marked as secret, and all that a Secret of Kubernetes holds, is told by its place alone.
 */
export function changedValues({ op, type, old, new: next, diffs = [] }: StepEventMetadata): { values: ChangedValue[]; more: number } {
  if (op !== "update" && op !== "replace") return { values: [], more: 0 };
  const [before, after] = [old?.inputs, next?.inputs].map((inputs) => withoutSecrets((inputs ?? {}) as Properties, type));
  const seen = differences(before, after, []);
  // Secrets, and what the cluster has otherwise than the state.
  const unseen = diffs.filter((path) => !seen.some((value) => value.path.startsWith(path) || path.startsWith(value.path)));
  const values = [...seen, ...unseen.map((path) => ({ path: escaped(path) }))];
  return { values: values.slice(0, most), more: Math.max(0, values.length - most) };
}

/** Stands for a value that is not told, by what is said instead. */
class Withheld {
  constructor(private readonly text: string) {}
  toJSON = () => this.text;
}

function withoutSecrets(inputs: Properties, type: string): unknown {
  const holdsSecrets = type.startsWith("kubernetes:core/v1:Secret");
  const told = (value: unknown, inSecret: boolean): unknown => {
    if (value === unknownValue) return new Withheld("(known later)");
    if (Array.isArray(value)) return value.map((item) => told(item, inSecret));
    const mark = isMap(value) ? value[specialSigKey] : undefined;
    if (isMap(value) && mark === undefined) return mapped(value, (inner) => told(inner, inSecret));
    // Whatever else is marked may hold a secret.
    if (mark === specialAssetSig || mark === specialArchiveSig) return new Withheld(`(file ${String((value as Properties).hash).slice(0, 8)})`);
    return inSecret || mark !== undefined ? new Withheld("(secret)") : value;
  };
  return mapped(inputs, (value, key) => told(value, holdsSecrets && (key === "data" || key === "stringData")));
}

function differences(before: unknown, after: unknown, path: (string | number)[]): ChangedValue[] {
  if (isMap(before) && isMap(after)) return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((key) => differences(before[key], after[key], [...path, key]));
  if (Array.isArray(before) && Array.isArray(after)) {
    return Array.from({ length: Math.max(before.length, after.length) }, (_, at) => differences(before[at], after[at], [...path, at])).flat();
  }
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  return [{ path: propertyPath(path), ...(before !== undefined && { from: shown(before, after) }), ...(after !== undefined && { to: shown(after, before) }) }];
}

const isMap = (value: unknown): value is Properties => typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Withheld);
const mapped = (value: Properties, map: (value: unknown, key: string) => unknown) => Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, map(inner, key)]));

/** A value beside the one that it becomes, or was; of several lines the first that differs, and of a long one the part that does. */
function shown(value: unknown, other: unknown): string {
  if (value instanceof Withheld) return value.toJSON();
  if (typeof value !== "string") return cut(JSON.stringify(value), firstDifference([...JSON.stringify(value)], [...(JSON.stringify(other) ?? "")]));
  const [lines, others] = [value.split("\n"), typeof other === "string" ? other.split("\n") : []];
  const at = Math.min(firstDifference(lines, others), lines.length - 1);
  const [line = "", otherLine = ""] = [lines[at], others[at]];
  return `${lines.length > 1 ? `line ${at + 1} of ${lines.length}: ` : ""}${quoted(line, firstDifference([...line], [...otherLine]))}`;
}

function firstDifference(one: string[], other: string[]): number {
  const at = one.findIndex((item, index) => item !== other[index]);
  return at < 0 ? one.length : at;
}

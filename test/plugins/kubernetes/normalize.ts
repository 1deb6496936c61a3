import { containsUnknown, isObject, type Value, type Values } from "../shared/values";
import { canonicalQuantity } from "./quantity";
import { prune } from "./patch";

/** Filled in by the server only; as inputs they would differ for ever. */
const readOnlyMetadata = [
  "creationTimestamp", "deletionGracePeriodSeconds", "deletionTimestamp", "generation", "managedFields",
  "resourceVersion", "uid",
];

/** Objects that mean something even when they are empty; elsewhere the server leaves empty ones out. */
const meaningfulWhenEmpty = new Set(["metadata", "spec", "podSelector", "namespaceSelector", "ipBlock"]);

/** Objects whose values are quantities. */
const quantityMaps = new Set(["hard", "default", "defaultRequest", "max", "min", "maxLimitRequestRatio"]);

function withoutEmpty(value: Value): Value {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (!isObject(value)) return value;
  const result: Values = {};
  for (const [key, item] of Object.entries(value)) {
    const inner = withoutEmpty(item);
    if (inner === null || (Array.isArray(inner) && inner.length === 0)) continue;
    if (isObject(inner) && Object.keys(inner).length === 0 && !meaningfulWhenEmpty.has(key)) continue;
    result[key] = inner;
  }
  return result;
}

function withCanonicalQuantities(value: Value, key = ""): Value {
  if (Array.isArray(value)) return value.map((item) => withCanonicalQuantities(item));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [
    name,
    quantityMaps.has(key) && (typeof item === "string" || typeof item === "number")
      ? canonicalQuantity(item)
      : withCanonicalQuantities(item, name),
  ]));
}

/** The server turns `stringData` into base64 `data`, and writes base64 in one way only. */
function normalizeSecret(object: Values): Values {
  const { stringData, ...rest } = object;
  if (isObject(stringData) && Object.keys(stringData).length > 0) {
    const encoded = Object.entries(stringData).map(([key, text]) => [key, Buffer.from(String(text)).toString("base64")]);
    return { ...rest, data: { ...(isObject(rest.data) ? rest.data : {}), ...Object.fromEntries(encoded) } };
  }
  if (!isObject(rest.data)) return object;
  const data = Object.entries(rest.data).map(([key, text]) => {
    if (typeof text !== "string") return [key, text];
    const compact = text.replace(/\s/g, "");
    const canonical = Buffer.from(compact, "base64").toString("base64");
    return [key, canonical.replace(/=+$/, "") === compact.replace(/=+$/, "") ? canonical : text];
  });
  return { ...object, data: Object.fromEntries(data) };
}

/** Inputs in the form in which the server gives them back, so that equal ones look equal. */
export function normalize(object: Values): Values {
  let result = object;
  if (!containsUnknown(object)) {
    if (object.kind === "Secret") result = normalizeSecret(object);
    else result = withoutEmpty(object) as Values;
    if (object.kind === "ResourceQuota" || object.kind === "LimitRange") result = withCanonicalQuantities(result) as Values;
  }
  if (isObject(result.metadata)) {
    const metadata = Object.entries(result.metadata).filter(([key]) => !readOnlyMetadata.includes(key));
    result = { ...result, metadata: Object.fromEntries(metadata) };
  }
  return result;
}

/** The live object in the shape of the inputs that made it. */
export const pruneLive = (live: Values, inputs: Values): Values => prune(live, inputs);

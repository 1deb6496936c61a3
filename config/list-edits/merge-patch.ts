import { isDeepStrictEqual } from "node:util";
import { UserError } from "../errors";
import { isJsonMap, type Json, type JsonMap } from "./print";

/** More than any list has: an entry has four. */
const maxDepth = 10;

/**
 * A copy that holds nothing but JSON; keys that are `undefined` are left out.
 * @throws UserError `edit-refused` for anything else, and for a key `__proto__`
 */
export function plainMap(value: unknown, what: string): JsonMap {
  const refuse = (message: string) => new UserError(`${what} ${message}`, "Send a map of keys and values, as an entry of the list has them.", "edit-refused");
  const copy = (item: unknown, depth: number): Json => {
    if (depth > maxDepth) throw refuse("is nested too deeply");
    if (item === null || typeof item === "string" || typeof item === "boolean" || (typeof item === "number" && Number.isFinite(item))) return item;
    if (Array.isArray(item)) return item.map((inner) => copy(inner, depth + 1));
    if (typeof item !== "object" || ![Object.prototype, null].includes(Object.getPrototypeOf(item))) throw refuse(`holds a value that JSON has not: ${typeof item} ${String(item)}`);
    const entries = Object.entries(item).filter(([, inner]) => inner !== undefined);
    if (entries.some(([key]) => key === "__proto__")) throw refuse('has a key "__proto__"');
    return Object.fromEntries(entries.map(([key, inner]) => [key, copy(inner, depth + 1)]));
  };
  if (!isJsonMap(value)) throw refuse("is no map");
  return copy(value, 0) as JsonMap;
}

/** RFC 7396: `null` takes a key away, maps merge, all else replaces. */
export function merged(target: Json | undefined, patch: Json): Json {
  if (!isJsonMap(patch)) return patch;
  const result = new Map(isJsonMap(target) ? Object.entries(target) : []);
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) result.delete(key);
    else result.set(key, merged(result.get(key), value));
  }
  return Object.fromEntries(result);
}

/** One key to be written or, without a value, to be taken away. */
export interface KeyChange {
  path: string[];
  value?: Json;
}

/** What a patch changes, key by key: what is as it should be stays as it is written. Keys go last, so that a map is not emptied and filled again. */
export function changesOf(target: JsonMap, patch: JsonMap, above: string[] = []): KeyChange[] {
  const changes = Object.entries(patch).flatMap(([key, value]): KeyChange[] => {
    const path = [...above, key];
    const present = Object.hasOwn(target, key);
    const old = present ? target[key] : undefined;
    if (value === null) return present ? [{ path }] : [];
    if (isJsonMap(value) && isJsonMap(old)) return changesOf(old, value, path);
    const wanted = merged(undefined, value);
    return present && isDeepStrictEqual(old, wanted) ? [] : [{ path, value: wanted }];
  });
  return [...changes.filter(({ value }) => value !== undefined), ...changes.filter(({ value }) => value === undefined)];
}

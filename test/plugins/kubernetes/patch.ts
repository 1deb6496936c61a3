import type { Change, DiffResult } from "../shared/provider";
import { equal, isObject, isUnknown, type Value, type Values } from "../shared/values";

/** RFC 7386: what turns one object into another; null deletes. Undefined if nothing does. */
export function mergePatch(from: Values, to: Values): Values {
  const patch: Values = {};
  for (const key of Object.keys(from)) if (!(key in to)) patch[key] = null;
  for (const [key, value] of Object.entries(to)) {
    const old = from[key];
    if (isObject(old) && isObject(value)) {
      const inner = mergePatch(old, value);
      if (Object.keys(inner).length > 0) patch[key] = inner;
    } else if (!equal(old, value)) {
      patch[key] = value;
    }
  }
  return patch;
}

/**
 * Changes from what is live to what is wanted, and deletions of what was wanted before and is no longer; whatever
 * only the server has put there stays out of it.
 */
export function threeWayPatch(original: Values, modified: Values, current: Values): Values {
  const patch: Values = {};
  for (const [key, value] of Object.entries(modified)) {
    const [before, live] = [original[key], current[key]];
    if (isObject(value) && isObject(live)) {
      const inner = threeWayPatch(isObject(before) ? before : {}, value, live);
      if (Object.keys(inner).length > 0) patch[key] = inner;
    } else if (!(key in current) || !equal(live, value)) {
      patch[key] = value;
    }
  }
  for (const key of Object.keys(original)) if (!(key in modified)) patch[key] = null;
  return patch;
}

/** The part of an object that has a counterpart in another one. */
export function prune(source: Values, shape: Values): Values {
  const result: Values = {};
  for (const [key, value] of Object.entries(source)) {
    if (key in shape) result[key] = pruneValue(value, shape[key] as Value);
  }
  return result;
}

function pruneValue(value: Value, shape: Value): Value {
  if (isObject(value) && isObject(shape)) return prune(value, shape);
  if (!Array.isArray(value) || !Array.isArray(shape)) return value;
  return value.slice(0, shape.length).map((item, i) => pruneValue(item, shape[i] as Value));
}

type Path = (string | number)[];

function pathText(path: Path): string {
  let text = "";
  for (const step of path) {
    if (typeof step === "number") text += `[${step}]`;
    else if (/[."[\]]/.test(step)) text += `["${step.replace(/"/g, '\\"')}"]`;
    else text += text === "" ? step : `.${step}`;
  }
  return text;
}

/** Whether a changed value at a path touches a property, given like `metadata.name`. */
function touches(path: Path, value: Value, property: string): boolean {
  const wanted = property.split(".");
  const names = path.filter((step) => typeof step === "string");
  const common = Math.min(names.length, wanted.length);
  for (let i = 0; i < common; i++) if (names[i] !== wanted[i]) return false;
  let rest: Value | undefined = value;
  for (const step of wanted.slice(common)) {
    if (!isObject(rest) || !(step in rest)) return false;
    rest = rest[step];
  }
  return true;
}

/** Single changes from a patch. `replaceOn` lists the properties whose change replaces the resource. */
export function changesOf(patch: Values, old: Values, wanted: Values, before: Values, replaceOn: string[]): DiffResult["changes"] {
  const changes: DiffResult["changes"] = new Map();

  const add = (path: Path, change: Change, value: Value) => {
    const replace = replaceOn.some((property) => touches(path, value, property));
    changes.set(pathText(path), { change, replace });
  };

  const compare = (path: Path, value: Value, live: Value | undefined, next: Value | undefined, prior: Value | undefined) => {
    // Neither asked for now nor before: the server's own.
    if (next === undefined && (value !== null || prior === undefined)) return;
    if (value === null) add(path, next === undefined || next === null ? "delete" : live === undefined ? "add" : "update", value);
    else if (live === undefined) add(path, "add", value);
    else if (isObject(value) && isObject(live)) compareObjects(path, value, live, next, prior, false);
    else if (Array.isArray(value) && Array.isArray(live)) compareLists(path, value, live, next, prior);
    else if (!equal(value, live) || isUnknown(value)) add(path, "update", value);
  };

  const compareObjects = (path: Path, value: Values, live: Values, next: Value | undefined, prior: Value | undefined, inList: boolean) => {
    const [nextOf, priorOf] = [isObject(next) ? next : {}, isObject(prior) ? prior : {}];
    for (const [key, item] of Object.entries(value)) compare([...path, key], item, live[key], nextOf[key], priorOf[key]);
    if (!inList) return;
    // A list is patched as a whole, so a key missing from one of its elements is a deletion.
    for (const key of Object.keys(live)) {
      if (!(key in value)) compare([...path, key], null, live[key], nextOf[key], priorOf[key]);
    }
  };

  const compareLists = (path: Path, value: Value[], live: Value[], next: Value | undefined, prior: Value | undefined) => {
    const at = (list: Value | undefined, i: number): Value | undefined => (Array.isArray(list) ? list[i] : undefined);
    for (let i = 0; i < Math.max(value.length, live.length); i++) {
      const [item, old] = [value[i] ?? null, live[i]];
      if (isObject(item) && isObject(old)) compareObjects([...path, i], item, old, at(next, i), at(prior, i), true);
      else compare([...path, i], item, old, at(next, i), at(prior, i) ?? old);
    }
  };

  compareObjects([], patch, old, wanted, before, false);
  return changes;
}

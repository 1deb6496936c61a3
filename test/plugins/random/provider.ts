import type { DiffResult, Provider } from "../shared/provider";
import { equal, isObject, markSecrets, plainObject, type Value, type Values } from "../shared/values";
import { complete, hideSecrets, kindOf, planned } from "./kinds";

/** A keeper without a value counts as no keeper, and no keepers as none at all. */
function withoutNulls(value: Value | undefined): Value {
  if (!isObject(value)) return value ?? null;
  const entries = Object.entries(value).filter(([, item]) => item !== null);
  return entries.length > 0 ? Object.fromEntries(entries) : null;
}

/** Stands in for the Pulumi random provider: everything happens here, nothing is kept elsewhere. */
export const randomProvider = (version: string): Provider => ({
  version,

  async configure() {},

  async check({ type }, _olds, news) {
    const kind = kindOf(type);
    const complaint = kind.complaint(complete(kind, plainObject(news)));
    return { inputs: news, failures: complaint ? [complaint] : [] };
  },

  async diff({ type }, olds, news, ignoreChanges) {
    const kind = kindOf(type);
    const before = plainObject(olds);
    const after = complete(kind, plainObject(news));
    const changes: DiffResult["changes"] = new Map();
    for (const name of Object.keys(kind.defaults)) {
      const [old, value] = [withoutNulls(before[name]), withoutNulls(after[name])];
      if (equal(old, value) || ignoreChanges.includes(name)) continue;
      changes.set(name, { change: old === null ? "add" : value === null ? "delete" : "update", replace: true });
    }
    return { changes };
  },

  async create({ type, preview }, inputs) {
    const kind = kindOf(type);
    const all = complete(kind, plainObject(inputs));
    const { id, generated } = preview ? { id: "", generated: planned(kind, {}) } : await kind.make(all);
    const outputs: Values = { ...all, ...generated };
    markSecrets(outputs, inputs);
    return { id, outputs: hideSecrets(kind, outputs) };
  },

  async read(_subject, _id, outputs, inputs) {
    return { inputs, outputs };
  },

  /** Reached only by changes that change nothing, such as a default written out. */
  async update({ type }, _id, olds, news) {
    const outputs: Values = { ...olds, ...complete(kindOf(type), plainObject(news)) };
    markSecrets(outputs, news);
    return outputs;
  },

  async delete() {},
  async cancel() {},
  kill() {},
});

import { createHash } from "node:crypto";
import { z } from "zod";
import { canonical } from "../config/canonical";
import type { StoreSpec } from "../config/spec";
import { inputsOf } from "./digest";
import type { SharedParts } from "./environment-outputs";

const texts = z.record(z.string(), z.string());
const schema = z.object({ entry: texts, settings: texts, program: z.string() });

/**
 * What a store's digest is of, in parts that can be told apart: the list's entry by key and value, the environment's settings by a
 * digest each, and the program with its charts. The receipt keeps it, so that a later plan can say why a store changes.
 */
export type Origin = z.infer<typeof schema>;

/** A part in which two origins differ; the values of an entry's key as JSON, absent where there is none. */
export type OriginChange = { cause: "entry"; key: string; from?: string; to?: string } | { cause: "settings"; key: string } | { cause: "program" };

export function originOf(spec: StoreSpec, shared: SharedParts): Origin {
  const { spec: { name: _, engine, decimals: __, ...entry }, settings, secretRevisions, program } = inputsOf(spec, shared);
  const { [engine]: ofEngine, labels, secrets, ...plain } = entry;
  return {
    entry: textsOf({ ...plain, ...under("labels", labels), ...under("secrets", secrets), ...under(engine, ofEngine) }, shortened),
    settings: textsOf({ ...settings, ...secretRevisions }, short),
    program: program.slice(0, 8),
  };
}

/** Undefined for a receipt of a version that did not note it. */
export function readOrigin(text: string | undefined): Origin | undefined {
  try {
    return schema.safeParse(JSON.parse(text ?? "")).data;
  } catch {
    return undefined;
  }
}

export function originChanges(before: Origin, now: Origin): OriginChange[] {
  const changed = (one: Record<string, string>, other: Record<string, string>) => [...new Set([...Object.keys(one), ...Object.keys(other)])].filter((key) => one[key] !== other[key]);
  return [
    ...changed(before.entry, now.entry).map((key) => ({ cause: "entry" as const, key, from: before.entry[key], to: now.entry[key] })),
    ...changed(before.settings, now.settings).map((key) => ({ cause: "settings" as const, key })),
    ...(before.program === now.program ? [] : [{ cause: "program" as const }]),
  ];
}

const under = (key: string, values: object = {}) => Object.fromEntries(Object.entries(values).map(([inner, value]) => [`${key}.${inner}`, value as unknown]));

const textsOf = (values: object, text: (json: string, value: unknown) => string): Record<string, string> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined).map(([key, value]) => [key, text(canonical(value), value)]));

const short = (json: string) => createHash("sha256").update(json).digest("hex").slice(0, 8);

/** A receipt holds no catalogue. */
const shortened = (json: string, value: unknown) => (json.length <= 100 ? json : `${Array.isArray(value) ? `${value.length} entries` : `${json.length} characters`} (${short(json)})`);

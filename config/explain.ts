import { closest, distance } from "fastest-levenshtein";
import { z } from "zod";

/** A schema issue in words, with its place in the data. */
export interface Explanation {
  path: (string | number)[];
  /** Set when the key itself is at fault, not its value. */
  key?: true;
  message: string;
  repair: string;
  /** Set when text was expected: a number or boolean needs quotes only. */
  wantsText?: true;
}

/** Several words for one type of YAML, as people call them. */
const typeNames: Record<string, string> = {
  string: "text", number: "a number", int: "a whole number", boolean: "true or false", object: "a mapping (key: value)",
  record: "a mapping (key: value)", array: 'a list (lines that start with "- ")',
};

const typeOf = (value: unknown) => (Array.isArray(value) ? "a list" : typeof value === "string" ? "text" : (typeNames[typeof value] ?? typeof value).replace(/ \(.*/, ""));

const mergeRepair = "merge keys are not part of YAML 1.2: write the values out, or put what stores share under defaults:";

/** The nearest candidate when it is near enough to be meant. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  if (candidates.length === 0 || word.length > 100) return undefined;
  const found = closest(word.toLowerCase(), [...candidates]);
  return distance(word.toLowerCase(), found.toLowerCase()) <= Math.max(2, Math.floor(found.length / 3)) ? found : undefined;
}

const choice = (word: unknown, candidates: readonly string[]) => {
  const near = typeof word === "string" ? nearest(word, candidates) : undefined;
  return `${near ? `did you mean "${near}"? ` : ""}known: ${candidates.join(", ")}`;
};

/** The keys that the schema knows at a path of the data. */
function knownKeys(schema: z.core.JSONSchema.BaseSchema | undefined, path: readonly PropertyKey[]): string[] {
  for (const step of path) {
    const here = schema?.anyOf?.[0] ?? schema;
    schema = (typeof step === "number" ? here?.items : here?.properties?.[String(step)]) as typeof schema;
  }
  return Object.keys((schema?.anyOf?.[0] as typeof schema)?.properties ?? schema?.properties ?? {});
}

/** Zod's issues in words: messages of our own schemas read "what — repair", the rest is worded here. */
export function explainIssues(schema: z.ZodType, issues: readonly z.core.$ZodIssue[]): Explanation[] {
  let jsonSchema: z.core.JSONSchema.BaseSchema | undefined;
  return issues.flatMap((issue): Explanation[] => {
    const path = issue.path.map((step) => (typeof step === "symbol" ? String(step) : step));
    if (issue.code === "unrecognized_keys") {
      const known = knownKeys((jsonSchema ??= z.toJSONSchema(schema, { io: "input" })), path);
      return issue.keys.map((key) => ({ path: [...path, key], key: true, message: "is not a known key", repair: key === "<<" ? mergeRepair : choice(key, known) }));
    }
    if (issue.code === "invalid_key") {
      const key = issue.issues.find((inner) => inner.message.includes(" — ")) ?? issue;
      return [{ path, key: true, ...split(key.message) }];
    }
    if (issue.message.includes(" — ")) return [{ path, ...split(issue.message) }];
    if (issue.code === "invalid_value") {
      const known = issue.values.map(String);
      return [{ path, message: issue.input === undefined ? "is missing" : issue.input === null ? "is empty" : "is not known", repair: choice(issue.input, known) }];
    }
    if (issue.code === "invalid_type") {
      const expected = typeNames[issue.expected] ?? issue.expected;
      if (issue.input === undefined) return [{ path, message: "is missing", repair: `add "${path.at(-1)}:" and ${expected}` }];
      if (path.length === 0 && Array.isArray(issue.input)) return [{ path, message: 'starts with "- "', repair: 'write "stores:" above the stores, and indent them' }];
      const message = issue.input === null ? "is empty" : `is ${typeOf(issue.input)}`;
      return [{ path, message, repair: `write ${expected}`, ...(issue.expected === "string" && { wantsText: true as const }) }];
    }
    if (issue.code === "too_small") return [{ path, message: "is too small", repair: `write at least ${issue.minimum}` }];
    if (issue.code === "too_big") return [{ path, message: "is too large", repair: `write at most ${issue.maximum}` }];
    return [{ path, message: "is not valid", repair: issue.message }];
  });
}

function split(message: string): { message: string; repair: string } {
  const [what = "", repair = ""] = message.split(" — ", 2);
  return { message: what, repair };
}

import { z } from "zod";
import type { EnvironmentName } from "./names";

const percentError = { error: "is not a percentage — write a whole number from 0 to 100; 0 is one store" };
const bakeError = { error: "is not a time — write it like 90s, 10m or 2h" };
const failuresError = { error: 'is not a number of stores — write a whole number such as 2, or a share of them such as "10%"' };

const label = z.string();
const wave = z
  .strictObject({
    name: z.string().regex(/^[a-z][a-z0-9-]{0,30}$/, { error: "is not a name — use lowercase letters, digits and hyphens, at most 31" }).describe("What it is called (default: by its number)."),
    select: z.record(z.string(), z.union([label, z.array(label).min(1)])).describe("Stores that have all of these labels; of several values any."),
    percent: z.number(percentError).int(percentError).min(0, percentError).max(100, percentError).describe("So much of all stores has the release when it is over; 0: one store more."),
    bake: z.string().regex(/^\d{1,4}[smh]$/, bakeError).describe("How long its stores have to stay well before the next one (default: 0s)."),
  })
  .partial()
  .refine((it) => it.select === undefined || it.percent === undefined, { error: "has select and percent — keep one of them" });

/** The list's `rollout:`, by which another release reaches the stores. */
export const rolloutSchema = z
  .strictObject({
    waves: z.array(wave).min(1, { error: "is empty — list a wave or leave the key out" }).describe("One after the other; the last one takes whatever is left."),
    maxFailed: z.union([z.number().int(failuresError).min(0, failuresError), z.string().regex(/^\d{1,3}%$/, failuresError)], failuresError).describe("So many stores may fail before it halts (default: 0)."),
    atOnce: z.int().min(1).describe("An edit of the list that changes more stores than this goes in waves as well (default: 5, or 10 % where that is more)."),
    verify: z.enum(["all", "canary", "none"]).describe("Of which stores an order is placed: of all (default), of those in the first wave, of none."),
  })
  .partial();
export type RolloutEntry = z.infer<typeof rolloutSchema>;

export interface Wave {
  name: string;
  select?: Record<string, string | string[]>;
  percent?: number;
  /** Seconds. */
  bake: number;
}

/** How another release reaches the stores. */
export interface RolloutPolicy {
  waves: Wave[];
  maxFailed: number | string;
  atOnce?: number;
  verify: "all" | "canary" | "none";
}

const minute = 60;
const careful: Wave[] = [
  { name: "first", percent: 0, bake: 10 * minute }, { name: "tenth", percent: 10, bake: 10 * minute }, { name: "half", percent: 50, bake: 5 * minute }, { name: "rest", bake: 0 },
];
const urgent: Wave[] = [{ name: "first", percent: 0, bake: minute }, { name: "quarter", percent: 25, bake: minute }, { name: "rest", bake: 0 }];

/** The policy of an environment's list; undefined where whatever changes is applied at once: on `local`, unless its list says otherwise. */
export function policyOf(env: EnvironmentName, entry: RolloutEntry | undefined): RolloutPolicy | undefined {
  if (entry === undefined && env === "local") return undefined;
  const { waves, maxFailed = 0, atOnce, verify = "all" } = entry ?? {};
  const named = waves?.map(({ name, bake = "0s", ...its }, index) => ({ name: name ?? `wave-${index + 1}`, bake: secondsIn(bake), ...its }));
  return { waves: named ?? careful, maxFailed, ...(atOnce !== undefined && { atOnce }), verify };
}

/** The same where it must not take long, as for a hole that is open: fewer waves, which bake for a tenth of the time. */
export const urgentPolicy = (policy: RolloutPolicy): RolloutPolicy => ({ ...policy, waves: urgent });

/** How many of so many stores may change at once by an edit of the list. */
export const atOnceOf = ({ atOnce }: RolloutPolicy, listed: number): number => atOnce ?? Math.max(5, Math.ceil(listed / 10));

/** How many of so many members may fail. */
export const budgetOf = (maxFailed: number | string, members: number): number => (typeof maxFailed === "number" ? maxFailed : Math.floor((Number.parseInt(maxFailed, 10) * members) / 100));

const secondsIn = (text: string): number => Number.parseInt(text, 10) * { s: 1, m: minute, h: 60 * minute }[text.at(-1) as "s" | "m" | "h"];

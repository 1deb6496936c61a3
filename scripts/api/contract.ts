import { z } from "zod";
import { namePattern, maxNameLength } from "../../config/names";
import { engineNames } from "../../config/spec";
import { answers } from "../operations/answers";
import { auditEntry } from "../operations/records/chain";
import { operation } from "../operations/records/operation";
import { problemSchema } from "./http/problem";
import { scopes } from "../operations/token-scopes";

/*
 * What the API answers, beside what `stores --json` has: a caller may count on every key, as there.
 */

const row = answers.status.shape.stores.element;
const { listProblem, environmentProblem, isolation, isolationProblem, simulated, rollout } = answers.status.shape;

/** A store as `stores status` has it, under the names that the API's callers expect besides. */
export const store = row.extend({ id: z.string().describe("Its name: unique, and never another."), status: row.shape.phase.describe("The phase.") });
export type Store = z.infer<typeof store>;

/** What is to be said of the fleet as a whole. */
export const health = z.strictObject({
  simulated, listProblem, environmentProblem, isolation, isolationProblem, rollout,
  trouble: problemSchema.nullable().describe("Why the cluster can not be looked at just now: what is shown is older."),
});
export type Health = z.infer<typeof health>;

/** Schemas that have a name of their own in the description. */
export const named = { Store: store, Health: health, Operation: operation, AuditEntry: auditEntry, Problem: problemSchema };

export const storeParams = z.strictObject({ id: z.string().max(maxNameLength).regex(namePattern, "is not a store name — lower case letters, digits and hyphens, starting with a letter and ending with a letter or digit").describe("The name of a store.") });
export const operationParams = z.strictObject({ id: z.string().regex(/^[a-z0-9-]{1,60}$/, "no id of an operation") });

/** A whole number in a query. */
export const numberBetween = (min: number, max: number) => z.string().regex(/^\d{1,9}$/, "not a whole number").transform(Number).pipe(z.number().min(min).max(max)).meta({ wire: { type: "integer", minimum: min, maximum: max } });
const limit = (standard: number) => numberBetween(1, 1000).default(standard).describe("At most so many.");

export const page = { limit: limit(100), cursor: z.string().max(200).optional().describe("Where to go on: the `next` of the answer before.") };
export const next = z.string().nullable().describe("Where the next page begins; null: this was the last.");

export const storesQuery = z.strictObject({
  phase: row.shape.phase.optional(), engine: z.enum(engineNames).optional(), q: z.string().max(100).optional().describe("Part of a name or an address."),
  limit: limit(1000), cursor: page.cursor,
});

export const session = z.strictObject({
  name: z.string().describe("Of the token."), scopes: z.array(z.enum(scopes)), env: z.string(), expiresAt: z.string().describe("Of the token, ISO 8601."),
});

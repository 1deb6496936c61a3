import { z } from "zod";
import { engineNames } from "../../../config/spec";
import { pendingStore } from "../../operations/answers";
import { operation } from "../../operations/records/operation";
import type { Operation } from "../../operations/history";
import { operationParams, storeParams } from "../contract";
import { requireScope } from "../http/caller";
import { tagsOf } from "../http/door";
import { orNotFound, Problem } from "../http/problem";
import { reply, route } from "../http/route";

/** Whether nothing is to be written. */
const dryRun = z.strictObject({ dryRun: z.enum(["true", "false"]).default("false").describe("true: nothing is written; the answer is the list as it would be.") });
const tried = z.strictObject({ text: z.string().describe("The list as it would be.") });
const entry = z.looseObject({
  name: storeParams.shape.id, engine: z.enum(engineNames).optional(), platform: z.enum(engineNames).optional().describe("Another name of `engine`."),
}).describe("An entry of the list, as /api/v1/schema describes it.");
const planned = z.strictObject({
  names: z.array(storeParams.shape.id).min(1).max(1000).optional().describe("Only these stores; absent: whatever the list says."),
  prune: z.boolean().optional().describe("Delete stores that left the list, but never protected ones. An apply needs the scope `delete` besides."),
});
const applied = planned.extend({
  maxDeletes: z.int().min(0).max(1000).optional().describe("Refuse to delete more than these; none if absent."),
  plan: operationParams.shape.id.optional().describe("Do exactly what the plan of this operation says, in place of `names` and `prune`; 409 where the ground has moved since. Needs the scope `delete` where it deletes stores."),
});

const accepted = (it: Operation) => reply(202, it, { headers: { location: `/api/v1/operations/${it.id}` } });

/** The digest that a request is meant for; `*` is any. */
function ifMatch(header: string | undefined, { required }: { required: boolean }): string | undefined {
  const [tag, ...others] = tagsOf(header);
  if (others.length > 0) throw new Problem("malformed", "If-Match names several versions", { hint: "Send the one ETag that you read." });
  if (tag === undefined && required) throw new Problem("precondition-required", "without If-Match somebody else's change could be lost", { hint: "Read it, and send its ETag as If-Match." });
  return tag === "*" ? undefined : tag;
}

/** @throws Problem where it is none */
function key(header: string | undefined): string | undefined {
  const bare = header?.replace(/^"(.*)"$/, "$1");
  if (bare !== undefined && !/^[\x21-\x7e]{1,255}$/.test(bare)) throw new Problem("malformed", "the Idempotency-Key is not 1 to 255 printable characters without a space");
  return bare;
}

export const changeRoutes = [
  route({
    method: "post", path: "/api/v1/stores", scope: "write",
    summary: "Adds a store to the list, and has it made",
    description: "If-Match: the list's ETag, where it has to be as it was read.",
    query: dryRun, body: entry, heeds: ["If-Match", "Idempotency-Key"],
    answers: { 200: tried, 202: operation },
    async handler({ query, body: { platform, ...rest }, caller, header }, { fleet, look }) {
      if (platform !== undefined && rest.engine !== undefined && platform !== rest.engine) throw new Problem("invalid", "engine and platform differ", { problems: [{ path: ["body", "platform"], message: "is another name of engine, and says something else" }] });
      const added = { ...rest, ...(platform !== undefined && { engine: platform }) };
      if (query.dryRun === "true") return reply(200, { text: (await fleet.tryEdit({ add: added })).text });
      const asked = await fleet.add(added, { ifMatch: ifMatch(header("If-Match"), { required: false }), key: key(header("Idempotency-Key")) }, caller);
      look.forget();
      return accepted(asked);
    },
  }),
  route({
    method: "patch", path: "/api/v1/stores/{id}", scope: "write",
    summary: "Changes a store's entry by a JSON merge patch, and has that carried out",
    description: "null takes a key away, so that its default holds. `{\"suspended\": true}` suspends a store, `{\"suspended\": null}` resumes it.",
    params: storeParams, query: dryRun, body: z.record(z.string(), z.unknown()), heeds: ["If-Match", "Idempotency-Key"],
    answers: { 200: tried, 202: operation },
    async handler({ params: { id }, query, body, caller, header }, { fleet, look }) {
      if (query.dryRun === "true") return reply(200, { text: (await fleet.tryEdit({ change: id, by: body })).text });
      const asked = await fleet.change(id, body, { ifMatch: ifMatch(header("If-Match"), { required: true }), key: key(header("Idempotency-Key")) }, caller);
      look.forget();
      return accepted(asked);
    },
  }),
  route({
    method: "delete", path: "/api/v1/stores/{id}", scope: "delete",
    summary: "Takes a store out of the list, and removes it with all its data",
    params: storeParams, heeds: ["If-Match", "Idempotency-Key"],
    answers: { 202: operation },
    async handler({ params: { id }, caller, header }, { fleet, look }) {
      const asked = await fleet.remove(id, { ifMatch: ifMatch(header("If-Match"), { required: false }), key: key(header("Idempotency-Key")) }, caller);
      look.forget();
      return accepted(asked);
    },
  }),
  ...(["suspend", "resume"] as const).map((verb) =>
    route({
      method: "post", path: `/api/v1/stores/{id}/${verb}`, scope: "write",
      summary: verb === "suspend" ? "Suspends a store: no pods run, data and addresses stay" : "Has a suspended store run again",
      description: "The same as a change of `suspended` in its entry.",
      params: storeParams, heeds: ["If-Match", "Idempotency-Key"],
      answers: { 202: operation },
      async handler({ params: { id }, caller, header }, { fleet, look }) {
        const asked = await fleet.suspend(id, verb === "suspend", { ifMatch: ifMatch(header("If-Match"), { required: false }), key: key(header("Idempotency-Key")) }, caller);
        look.forget();
        return accepted(asked);
      },
    }),
  ),
  ...(["restart", "verify", "backup"] as const).map((kind) =>
    route({
      method: "post", path: `/api/v1/stores/{id}/${kind}`, scope: "write",
      summary: { restart: "Restarts a store's pods", verify: "Proves that a store sells, by an order that is cancelled again", backup: "Backs a store up, besides what is done by itself" }[kind],
      params: storeParams, heeds: ["Idempotency-Key"],
      answers: { 202: operation },
      handler: async ({ params: { id }, caller, header }, { fleet }) => accepted(await fleet.on(kind, id, { key: key(header("Idempotency-Key")) }, caller)),
    }),
  ),
  route({
    method: "get", path: "/api/v1/pending", scope: "read",
    summary: "What the list says and the cluster has not got yet, store by store, as far as that is known without looking into one",
    answers: { 200: z.strictObject({ stores: z.array(pendingStore) }) },
    handler: async (_, { fleet }) => reply(200, { stores: await fleet.pending() }),
  }),
  route({
    method: "post", path: "/api/v1/plan", scope: "write",
    summary: "Has looked at what an apply would change, all of it or in the named stores; nothing is changed",
    description: "What comes of it is at `/api/v1/operations/{id}/plan`. It takes the scope `write` as it sets this server to work.",
    body: planned, heeds: ["Idempotency-Key"],
    answers: { 202: operation },
    handler: async ({ body, caller, header }, { fleet }) => accepted(await fleet.plan(body, { key: key(header("Idempotency-Key")) }, caller)),
  }),
  route({
    method: "post", path: "/api/v1/apply", scope: "write",
    summary: "Has the list carried out, all of it or the named stores, or exactly what a plan says",
    body: applied, heeds: ["Idempotency-Key"],
    answers: { 202: operation },
    async handler({ body: { plan, maxDeletes, ...which }, caller, header }, { fleet }) {
      const options = { key: key(header("Idempotency-Key")) };
      if (which.prune) requireScope(caller, "delete");
      if (plan === undefined) return accepted(await fleet.apply({ ...which, maxDeletes }, options, caller));
      const beside = Object.keys(which)[0];
      if (beside !== undefined) throw new Problem("invalid", `a plan says itself what is done: ${beside} can not stand beside it`, { problems: [{ path: ["body", beside], message: "stands beside a plan" }] });
      const { stores } = await orNotFound(fleet.planOf(plan));
      if (stores.some(({ action }) => action === "delete")) requireScope(caller, "delete");
      return accepted(await fleet.applyPlan(plan, { maxDeletes }, options, caller));
    },
  }),
  route({
    method: "post", path: "/api/v1/operations/{id}/cancel", scope: "write",
    summary: "Asks an operation to end: what is under way is cancelled cleanly, and no further store is begun",
    params: operationParams,
    answers: { 202: operation },
    handler: async ({ params: { id }, caller }, { fleet }) => accepted(await fleet.cancel(id, caller)),
  }),
  route({
    method: "put", path: "/api/v1/list", scope: "write",
    summary: "Puts another text in the list's place, which nothing is carried out of until it is applied",
    body: { type: "application/yaml", schema: z.string() }, bodyLimit: 5_000_000, heeds: ["If-Match"],
    answers: { 200: { type: "application/yaml", schema: z.string() } },
    async handler({ body, caller, header }, { fleet }) {
      const { text, digest } = await fleet.replaceList(body, ifMatch(header("If-Match"), { required: true }), caller);
      return reply(200, text, { headers: { etag: `"${digest}"` } });
    },
  }),
];

import { z } from "zod";
import { answers } from "../../operations/answers";
import { auditEntry } from "../../operations/records/chain";
import { operation } from "../../operations/records/operation";
import { next, numberBetween, operationParams, page, storeParams } from "../contract";
import { orNotFound } from "../http/problem";
import { reply, route } from "../http/route";
import { pageOf } from "./stores";

const auditQuery = z.strictObject({
  ...page, store: storeParams.shape.id.optional().describe("Only what is about this store."),
  since: numberBetween(1, 999_999_999).optional().describe("No older than so many seconds."),
  action: auditEntry.shape.action.optional().describe("Only what is of this kind."),
  who: z.string().max(200).optional().describe("Only by who has this in the name: the person's, or that by which the cluster knows them."),
});

export const historyRoutes = [
  route({
    method: "get", path: "/api/v1/operations", scope: "read",
    summary: "What was done to the fleet and what is under way, newest first",
    query: z.strictObject(page),
    answers: { 200: z.strictObject({ operations: z.array(operation), next }) },
    async handler({ query: { limit, cursor } }, { look }) {
      const { items, next } = pageOf(await look.operations(), ({ id }) => id, cursor, limit);
      return reply(200, { operations: items, next });
    },
  }),
  route({
    method: "get", path: "/api/v1/operations/{id}", scope: "read",
    summary: "One of them, with each store's part",
    params: operationParams,
    answers: { 200: operation },
    handler: async ({ params: { id } }, { fleet }) => reply(200, await orNotFound(fleet.operation(id))),
  }),
  route({
    method: "get", path: "/api/v1/operations/{id}/plan", scope: "read",
    summary: "What came of a plan: what an apply would change, store by store, as `stores plan --json` has it",
    description: "409 until it is made. The newest 20 are kept. Where stores could not be looked at, it has the others; nothing is applied by such a one.",
    params: operationParams,
    answers: { 200: answers.plan },
    handler: async ({ params: { id } }, { env, fleet }) => reply(200, { env, stores: (await orNotFound(fleet.planOf(id))).stores }),
  }),
  route({
    method: "get", path: "/api/v1/audit-events", scope: "audit",
    summary: "Who did what and how it ended, newest first; the whole trail is checked for changes",
    query: auditQuery,
    answers: { 200: z.strictObject({ entries: z.array(auditEntry), next, head: answers.audit.shape.head, broken: answers.audit.shape.broken }) },
    async handler({ query: { limit, cursor, store, since, action, who = "" } }, { fleet }) {
      const { entries, head, broken } = await fleet.audit({ store, since });
      const named = who.toLowerCase();
      const wanted = entries.filter(({ action: its, actor: { person, user } }) => (action === undefined || its === action) && `${person}\n${user}`.toLowerCase().includes(named));
      const { items, next } = pageOf(wanted.reverse(), ({ seq }) => String(seq), cursor, limit);
      return reply(200, { entries: items, next, head, broken });
    },
  }),
];

import { z } from "zod";
import { answers } from "../../operations/answers";
import { next, numberBetween, store, storeParams, storesQuery, health, type Store } from "../contract";
import { tagOf } from "../http/door";
import { Problem } from "../http/problem";
import { eventsOf, nothing, reply, route } from "../http/route";
import { lines } from "../live/lines";
import type { Seen } from "../live/look";

const logQuery = z.strictObject({
  tail: numberBetween(0, 10_000).default(100).describe("So many last lines of each container."),
  container: z.string().max(253).optional().describe("A container, such as `worker`, or a pod."),
});
const line = z.strictObject({ pod: z.string(), container: z.string(), line: z.string() });

const written = z.strictObject({ text: z.string().describe("Its lines, with its own comments."), lines: z.tuple([z.int(), z.int()]).describe("Its first and its last, from 1 on.") })
  .nullable().describe("How the entry is written; null: there is none, or the list is wrong.");

/** What is answered to who asks for all stores. */
const known = new WeakMap<Seen, { text: string; tag: string }>();

function textOf(body: unknown): { text: string; tag: string } {
  const text = JSON.stringify(body);
  return { text, tag: tagOf(text) };
}

export const storeRoutes = [
  route({
    method: "get", path: "/api/v1/stores", scope: "read",
    summary: "The stores, in the order of the list, then those that left it",
    query: storesQuery, heeds: ["If-None-Match"],
    answers: { 200: z.strictObject({ env: z.string(), stores: z.array(store), next, health: health.omit({ trouble: true }) }), 304: nothing },
    async handler({ query: { phase, engine, q, limit, cursor } }, { env, look }) {
      const seen = await look.stores();
      const all = phase === undefined && engine === undefined && q === undefined && cursor === undefined && limit >= seen.stores.length;
      const fits = (it: Store) => (phase === undefined || it.phase === phase) && (engine === undefined || it.engine === engine) && (q === undefined || it.name.includes(q) || it.url.includes(q));
      const { items: stores, next } = pageOf(seen.stores.filter(fits), ({ id }) => id, cursor, limit);
      const body = { env, stores, next, health: seen.health };
      // For all who ask within the second.
      const made = (all && known.get(seen)) || textOf(body);
      if (all) known.set(seen, made);
      return reply(200, body, made);
    },
  }),
  route({
    method: "get", path: "/api/v1/stores/{id}", scope: "read",
    summary: "A store, with its entry in the list",
    description: "The ETag is the digest of the entry: it is what If-Match means when the entry is changed. A store without an entry has none.",
    params: storeParams,
    answers: { 200: z.strictObject({ store, entry: z.record(z.string(), z.unknown()).nullable().describe("As it is written, without what `defaults` add; null: it is not in the list, or the list is no YAML."), written }) },
    async handler({ params: { id } }, { look, fleet }) {
      const found = (await look.stores()).stores.find((it) => it.id === id);
      if (!found) throw new Problem("unknown-store", `there is no store "${id}", neither listed nor running`);
      const its = await fleet.entry(id);
      // Its row changes while its entry does not: nobody is told "not modified" by the entry alone.
      return reply(200, { store: found, entry: its?.entry ?? null, written: its?.written ?? null }, its && { headers: { etag: `"${its.digest}"` } });
    },
  }),
  route({
    method: "get", path: "/api/v1/stores/{id}/events", scope: "read",
    summary: "What the cluster said about a store in the last hour, oldest first",
    params: storeParams,
    answers: { 200: answers.events },
    handler: async ({ params: { id } }, { fleet }) => reply(200, { name: id, events: await fleet.events(id) }),
  }),
  route({
    method: "get", path: "/api/v1/stores/{id}/logs", scope: "read",
    summary: "The last lines of a store's containers",
    params: storeParams, query: logQuery,
    answers: { 200: answers.logs },
    handler: async ({ params: { id }, query: { tail, container } }, { fleet }) => reply(200, { name: id, logs: (await fleet.logs(id, { tail, part: container })).logs }),
  }),
  route({
    method: "get", path: "/api/v1/stores/{id}/logs/live", scope: "read",
    summary: "The same, and the lines that come, until the last pod ends",
    description: "Server-sent events, each a line with its pod and container.",
    params: storeParams, query: logQuery,
    answers: { 200: eventsOf(line) },
    handler: ({ params: { id }, query: { tail, container }, signal }, { fleet }) =>
      reply(200, lines((tell, until) => fleet.followLogs(id, { tail, part: container }, (pod, name, text) => tell({ pod, container: name, line: text }), until), signal)),
  }),
  route({
    method: "get", path: "/api/v1/stores/{id}/domains", scope: "read",
    summary: "Each host of a store, with what keeps visitors from finding the shop there: DNS, somebody else who holds it, a certificate",
    description: "Domains are added and removed by a PATCH of the store's `domains`.",
    params: storeParams,
    answers: { 200: answers.domains },
    handler: async ({ params: { id } }, { fleet }) => reply(200, { name: id, domains: await fleet.domains(id) }),
  }),
  route({
    method: "get", path: "/api/v1/stores/{id}/admin-credentials", scope: "credentials",
    summary: "Address and administrator of a store",
    description: "Each reading is in the audit trail before its answer is sent; where that can not be written, there is none (503).",
    params: storeParams,
    answers: { 200: answers.credentials },
    handler: async ({ params: { id }, caller }, { fleet }) => reply(200, await fleet.credentials(id, caller)),
  }),
];

/** A page of a list. @param cursor the key of the last item before it; one that is not there any more has no page after it */
export function pageOf<T>(all: T[], keyOf: (item: T) => string, cursor: string | undefined, limit: number): { items: T[]; next: string | null } {
  const from = cursor === undefined ? 0 : all.findIndex((it) => keyOf(it) === cursor) + 1;
  if (cursor !== undefined && from === 0) throw new Problem("invalid", "the cursor leads nowhere any more: begin again without it", { problems: [{ path: ["query", "cursor"], message: "leads nowhere" }] });
  const items = all.slice(from, from + limit);
  const last = items.at(-1);
  return { items, next: last !== undefined && from + limit < all.length ? keyOf(last) : null };
}

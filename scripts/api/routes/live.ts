import { z } from "zod";
import { health, store } from "../contract";
import { eventsOf, reply, route } from "../http/route";
import { operation } from "../../operations/records/operation";

const told = z.union([
  z.strictObject({ stores: z.array(store), operations: z.array(operation), health }).describe("snapshot"),
  z.strictObject({ id: z.string(), store: store.nullable() }).describe("store; null: it is gone"),
  z.strictObject({ id: z.string(), operation: operation.nullable() }).describe("operation; null: it is forgotten"),
  z.strictObject({ health }).describe("health"),
  z.strictObject({ time: z.string() }).describe("ping"),
]);

export const liveRoutes = [
  route({
    method: "get", path: "/api/v1/events", scope: "read",
    summary: "The fleet, live: the whole once, then what changes",
    description:
      "Server-sent events: one `snapshot` with all stores and the newest 50 operations, then a `store`, `operation` or `health` for each that changed, and a `ping` every 15 s. " +
      "A client who leaves more than 1 MiB untaken is let go; whoever connects again gets a new snapshot. A token may have 20 streams.",
    answers: { 200: eventsOf(told) },
    handler: ({ caller: { id } }, { streams }) => reply(200, streams.open(id)),
  }),
];

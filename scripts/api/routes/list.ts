import { z } from "zod";
import { listJsonSchema } from "../../operations/list";
import { nothing, reply, route } from "../http/route";

export const listRoutes = [
  route({
    method: "get", path: "/api/v1/list", scope: "read",
    summary: "The stores list as it is written",
    description: "The ETag is the SHA-256 of the text.",
    heeds: ["If-None-Match"],
    answers: { 200: { type: "application/yaml", schema: z.string() }, 304: nothing },
    async handler(_, { fleet }) {
      const { text, digest } = await fleet.list();
      return reply(200, text, { tag: digest });
    },
  }),
  route({
    method: "get", path: "/api/v1/schema", scope: "read",
    summary: "The JSON Schema of the list",
    answers: { 200: z.record(z.string(), z.unknown()) },
    handler: () => reply(200, listJsonSchema() as Record<string, unknown>),
  }),
];

import { z } from "zod";
import { ownVersion } from "../../operations/own-version";
import { named } from "../contract";
import { problemSchema } from "./problem";
import { nameOf, typed, type Route } from "./route";

type Json = Record<string, unknown>;

const registry = z.registry<{ id: string }>();
for (const [id, schema] of Object.entries(named)) registry.add(schema, { id });

/** The description of all routes, OpenAPI 3.1: its schemas are zod's own, JSON Schema 2020-12. */
export function openApi(routes: readonly Route[]): Json {
  const components: Record<string, Json> = {};
  const schemaOf = (schema: z.ZodType, io: "input" | "output"): Json => {
    const { $schema: _, $defs = {}, ...rest } = z.toJSONSchema(schema, { io, metadata: registry, unrepresentable: "any", override: ({ zodSchema, jsonSchema }) => asSent(zodSchema, jsonSchema as Json) }) as Json & { $defs?: Record<string, Json> };
    for (const [name, definition] of Object.entries($defs)) components[name] = inComponents(definition);
    return inComponents(rest);
  };
  const contentOf = (answer: Route["answers"][number], io: "input" | "output"): Json => ({ [typed(answer).type]: { schema: schemaOf(typed(answer).schema, io) } });
  const parametersOf = (place: "path" | "query", schema: z.ZodType | undefined): Json[] => {
    if (!schema) return [];
    const { properties = {}, required = [] } = schemaOf(schema, "input") as { properties?: Record<string, Json>; required?: string[] };
    return Object.entries(properties).map(([name, { description, ...its }]) => ({ name, in: place, required: required.includes(name), ...(description !== undefined && { description }), schema: its }));
  };
  const paths: Record<string, Json> = {};
  for (const it of routes.filter(({ page }) => !page)) {
    const { method, path, scope, summary, description, params, query, body, heeds = [], answers } = it;
    (paths[path] ??= {})[method] = {
      summary, ...(description && { description }), operationId: operationId(it), tags: [tagOf(path)],
      "x-scope": scope, security: scope === "none" ? [] : [{ token: [] }, { session: [] }],
      parameters: [...parametersOf("path", params), ...parametersOf("query", query), ...heeds.map((name) => ({ name, in: "header", required: false, schema: { type: "string" } }))],
      ...(body && { requestBody: { required: true, content: contentOf(typed(body), "input") } }),
      responses: {
        ...Object.fromEntries(Object.entries(answers).map(([status, answer]) => [status, { description: meaning[Number(status)] ?? "done", ...(typed(answer).schema instanceof z.ZodUndefined ? {} : { content: contentOf(answer, "output") }) }])),
        default: { description: "what is wrong", content: { "application/problem+json": { schema: schemaOf(problemSchema, "output") } } },
      },
    };
  }
  return {
    openapi: "3.1.0",
    info: { title: "Storefleet", version: ownVersion(), description: "The fleet of stores: the same as the command `stores`, by the same operations." },
    paths,
    components: {
      schemas: Object.fromEntries(Object.entries(components).sort(([a], [b]) => (a < b ? -1 : 1))),
      securitySchemes: { token: { type: "http", scheme: "bearer", description: "`sf_…`; `x-scope` of each operation names the scope that it takes." }, session: { type: "apiKey", in: "cookie", name: "storefleet" } },
    },
  };
}

const meaning: Record<number, string> = { 200: "as asked", 202: "accepted: the operation goes on", 204: "done", 206: "a stream", 304: "not modified", 503: "not just now" };

/** `GET /api/v1/stores/{id}/logs` -> `getStoresIdLogs`: names that clients are made with. */
const operationId = (it: Route) => nameOf(it).toLowerCase().replace("/api/v1", "").replace(/[{}.]/g, " ").split(/[ /-]+/).filter(Boolean).map((word, at) => (at === 0 ? word : word[0]!.toUpperCase() + word.slice(1))).join("");

const tagOf = (path: string) => /^\/api\/v1\/([\w-]+)/.exec(path)?.[1] ?? "server";

/** What is said of a schema, and how it is sent where zod can not know. */
function asSent(schema: z.core.$ZodType, json: Json): void {
  const { wire, description } = (z.globalRegistry.get(schema) ?? {}) as { wire?: Json; description?: string };
  if (wire) {
    const { $schema: _, ...sent } = wire;
    for (const key of Object.keys(json)) delete json[key];
    Object.assign(json, sent);
  }
  if (description !== undefined) json.description = description;
}

/** References into what a schema brought along lead to the components. */
const inComponents = (schema: Json): Json => JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/')) as Json;

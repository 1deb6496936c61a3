import { createHash } from "node:crypto";
import { Hono } from "hono";
import type { Api } from "../api";
import { authorise, isSecure } from "./authorise";
import { readBody } from "./body";
import { Codings } from "./codings";
import { requirePlainPath, type Place } from "./place";
import { Problem, problemOf, type Finding } from "./problem";
import { eventStream, nameOf, typed, type Asked, type Reply, type Route } from "./route";

/** How a request came in. */
export interface Incoming {
  /** Path and query as they were sent: a Request has them in order already. */
  url: string;
  /** Whose. */
  address: string;
}
type Bindings = { Bindings: Incoming & { origin: string } };

/**
 * Everything that is asked for goes through here, and nothing else does: the host, the path, then the one route that fits, with who may,
 * how often, and what it takes. The router only finds; nobody but `serveRoute` calls a handler.
 */
export function door(routes: readonly Route[], api: Api, place: Place): (request: Request, incoming: Incoming) => Promise<Response> {
  const app = new Hono<Bindings>({ strict: true });
  const codings = new Codings();
  for (const it of routes) app.on(it.method.toUpperCase(), it.path.replace(/\{(\w+)\}/g, ":$1"), (context) => serveRoute(it, context.req.raw, context.req.param() as Record<string, string>, api, codings, context.env).catch((error: unknown) => {
    if (error instanceof Problem) api.denials.count(error, nameOf(it), context.env.address);
    throw error;
  }));
  for (const path of new Set(routes.map((it) => it.path))) {
    const allow = routes.filter((it) => it.path === path).map(({ method }) => method.toUpperCase()).join(", ");
    app.all(path.replace(/\{(\w+)\}/g, ":$1"), () => {
      throw new Problem("method", `this takes ${allow}`, { headers: { allow } });
    });
  }
  app.notFound(() => {
    throw new Problem("not-found", "there is nothing at this path", { hint: "What there is: /docs" });
  });
  app.onError((error) => {
    throw error;
  });
  return async (request, incoming) => {
    let secure = false;
    const answer = await (async () => {
      const origin = place.originOf(request);
      secure = isSecure(origin);
      requirePlainPath(incoming.url);
      return app.fetch(request, { ...incoming, origin });
    })().catch((error: unknown) => problemOf(error, api.report).answer(incoming.url.split("?")[0] as string));
    for (const [name, value] of Object.entries(securityHeaders)) answer.headers.set(name, value);
    if (secure) answer.headers.set("strict-transport-security", "max-age=31536000");
    if (!answer.headers.has("cache-control")) answer.headers.set("cache-control", "no-store");
    return answer;
  };
}

const securityHeaders = {
  "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
};

async function serveRoute(it: Route, request: Request, params: Record<string, string>, api: Api, codings: Codings, { origin, address }: Bindings["Bindings"]): Promise<Response> {
  const streams = Object.values(it.answers).some((answer) => typed(answer).type === eventStream);
  if (request.method === "HEAD" && streams) throw new Problem("method", "this is a stream", { headers: { allow: "GET" } });
  const { caller, cookie } = await authorise(it, request, api, { origin, address });
  const [query, body] = [Object.fromEntries(new URL(request.url).searchParams), await readBody(it, request)];
  const asked: Asked<unknown, unknown, unknown> = { ...checked(it, { params, query, body }), caller, origin, header: (name) => request.headers.get(name) ?? undefined, signal: request.signal };
  const reply = await it.handler(asked, api);
  const answer = await answerOf(it, reply, request, codings);
  if (cookie) answer.headers.append("set-cookie", cookie);
  return answer;
}

/** What came in, as the route has it; throws a 422 with everything that is wrong. */
function checked({ params, query, body }: Route, sent: { params: unknown; query: unknown; body: unknown }): { params: unknown; query: unknown; body: unknown } {
  const problems: Finding[] = [];
  const read = (place: "params" | "query" | "body", schema: Route["params"]): unknown => {
    const result = schema?.safeParse(sent[place]);
    if (!result?.success) problems.push(...(result?.error.issues ?? []).map(({ path, message }) => ({ path: [place, ...path.map((step) => (typeof step === "symbol" ? String(step) : step))], message })));
    return result?.data;
  };
  const read3 = { params: read("params", params), query: read("query", query), body: read("body", body && typed(body).schema) };
  if (problems.length > 0) throw new Problem("invalid", problems.map(({ path, message }) => `${path.join(".")}: ${message}`).join("\n"), { problems });
  return read3;
}

async function answerOf({ answers, scope }: Route, { status, body, headers: own, tag, text }: Reply, request: Request, codings: Codings): Promise<Response> {
  const headers = new Headers(own as Record<string, string> | undefined);
  const { type } = typed(answers[status] as Route["answers"][number]);
  if (tag !== undefined) headers.set("etag", `"${tag}"`);
  if (tag !== undefined && tagsOf(request.headers.get("if-none-match")).includes(tag)) return new Response(null, { status: 304, headers });
  if (body === undefined) return new Response(null, { status, headers });
  if (!headers.has("content-type")) headers.set("content-type", type.startsWith("text/") ? `${type}; charset=utf-8` : type);
  const content = text ?? (type === "application/json" ? JSON.stringify(body) : body);
  // How well a secret can be compressed beside what somebody else sent tells something of it.
  if (typeof content !== "string" || scope === "credentials" || headers.has("content-encoding")) return new Response(content as BodyInit, { status, headers });
  const coded = await codings.of(content, tag, request.headers.get("accept-encoding"));
  for (const [name, value] of Object.entries(coded.headers)) headers.set(name, value);
  return new Response(coded.body, { status, headers });
}

/** The tags of an If-Match or If-None-Match header, bare. */
export const tagsOf = (header: string | null | undefined): string[] => (header ?? "").split(",").map((it) => it.trim().replace(/^W\//, "").replace(/^"(.*)"$/, "$1")).filter(Boolean);

/** A digest of some text or data, as an ETag has it. */
export const tagOf = (data: unknown): string => createHash("sha256").update(typeof data === "string" ? data : JSON.stringify(data)).digest("hex");

import { z } from "zod";
import { ownVersion } from "../../operations/own-version";
import { docsPage } from "../http/docs-page";
import { openApi } from "../http/openapi";
import { reply, route, type Route } from "../http/route";

/** Made when it is first asked for. */
function once<T>(make: () => T): () => T {
  let made: { it: T } | undefined;
  return () => (made ??= { it: make() }).it;
}

/** What is told about this server itself. @param all all routes, to be described */
export function processRoutes(all: () => readonly Route[]): Route[] {
  const [description, page] = [once(() => openApi(all())), once(() => docsPage(all(), ownVersion()))];
  return [
    route({
      method: "get", path: "/health", scope: "none",
      summary: "Whether this server runs",
      answers: { 200: z.strictObject({ status: z.literal("ok") }) },
      handler: () => reply(200, { status: "ok" as const }),
    }),
    route({
      method: "get", path: "/health/ready", scope: "none",
      summary: "Whether the cluster can be looked at",
      answers: { 200: z.strictObject({ status: z.literal("ready") }), 503: z.strictObject({ status: z.literal("not ready") }) },
      // Why not is not everybody's business.
      handler: (_, { look }) => look.stores().then(() => reply(200, { status: "ready" as const }), () => reply(503, { status: "not ready" as const })),
    }),
    route({
      method: "get", path: "/metrics", scope: "metrics",
      summary: "The fleet in figures, as Prometheus reads them",
      answers: { 200: { type: "text/plain", schema: z.string() } },
      async handler(_, { fleet }) {
        const { contentType, text } = await fleet.metrics();
        return reply(200, text, { headers: { "content-type": contentType } });
      },
    }),
    route({
      method: "get", path: "/openapi.json", scope: "none",
      summary: "This description, as OpenAPI 3.1",
      answers: { 200: z.record(z.string(), z.unknown()) },
      handler: () => reply(200, description()),
    }),
    route({
      method: "get", path: "/docs", scope: "none",
      summary: "This description, to be read",
      answers: { 200: { type: "text/html", schema: z.string() } },
      handler: () => reply(200, page()),
    }),
    route({
      method: "get", path: "/docs.css", scope: "none",
      summary: "How it looks",
      answers: { 200: { type: "text/css", schema: z.string() } },
      handler: () => reply(200, docsCss),
    }),
  ];
}

const docsCss = `body { margin: 0 auto; max-width: 56rem; padding: 1rem; font: 15px/1.6 system-ui, sans-serif; color: #16211f; background: #f6f7f4; color-scheme: light dark }
h1 { font-size: 1.75rem } h2 { font-size: 1.1rem; margin: 2.5rem 0 0 } h3 { font-size: 1rem; margin-bottom: 0 }
code, pre { font: 13px/1.5 ui-monospace, monospace } pre { overflow-x: auto; padding: .75rem; border: 1px solid #d9ded9 }
a { color: #0b6b61 } table { border-collapse: collapse; width: 100% } td, th { text-align: left; vertical-align: top; padding: .25rem 1rem .25rem 0; border-bottom: 1px solid #d9ded9 }
@media (prefers-color-scheme: dark) { body { color: #e6ece9; background: #0f1514 } a { color: #5cc8b8 } pre, td, th { border-color: #2a3431 } }
`;

import { serve } from "@hono/node-server";
import type { Server } from "node:http";
import { createApp } from "./app";
import { readEnvironment, type Environment } from "./environment";

let environment: Environment;
try {
  environment = readEnvironment(process.env);
} catch (error) {
  console.error(`storefront: ${(error as Error).message}`);
  process.exit(1);
}

const { hostname, port } = environment;
const server = serve({ fetch: createApp(environment).fetch, hostname, port }, (bound) => {
  console.log(`storefront: serving ${environment.publicUrl.origin} on ${hostname}:${bound.port}`);
}) as Server;
// Longer than proxies keep an idle connection: they must be the ones to close it, or a request may meet a closing one.
server.keepAliveTimeout = 120_000;

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, () => {
    server.close(() => process.exit(0));
    server.closeIdleConnections();
  });
}

import { serve } from "@hono/node-server";
import type { Server } from "node:http";
import { createApp } from "./app";
import { readEnvironment, type Environment } from "./environment";
import { ShopSource } from "./medusa/shop";

let environment: Environment;
try {
  environment = readEnvironment(process.env);
} catch (error) {
  console.error(`error: ${(error as Error).message}`);
  process.exit(1);
}

const { backendUrl, publishableKey, publicUrl, hostname, port } = environment;
const shops = new ShopSource(backendUrl, publishableKey, { onKeyRefused });
const server = serve({ fetch: createApp(publicUrl, shops).fetch, hostname, port }, (bound) => {
  console.log(`storefront: serving ${publicUrl.origin} on ${hostname}:${bound.port}`);
  // The first visitor need not wait for it, and a refused key shows at once. What goes wrong is logged there.
  shops.get().catch(() => {});
}) as Server;
// Longer than proxies keep an idle connection: they must be the ones to close it, or a request may meet a closing one.
server.keepAliveTimeout = 120_000;

for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => close(() => process.exit(0)));

/** The key comes from the environment, so only another process can have a better one. The last line is what operators see. */
function onKeyRefused(): void {
  if (!server.listening) return;
  const end = () => {
    console.error("error: the server refuses the publishable key, as it was revoked or deleted: put a valid one into the storefront's Secret; the admin page has them under Settings, Publishable API Keys");
    process.exit(1);
  };
  close(end);
  setTimeout(end, 5_000).unref();
}

/** Takes no new visitors; calls `then` once those who wait have their answers. */
function close(then: () => void): void {
  server.close(then);
  // A connection that is kept alive is open, too, until somebody closes it.
  setInterval(() => server.closeIdleConnections(), 50).unref();
}

// Answers every request for a shop that does not run: not now, and when to come again.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";

const page = readFileSync(new URL("page.html", import.meta.url));
const headers = {
  "content-type": "text/html; charset=utf-8",
  "content-length": page.length,
  "retry-after": process.env.RETRY_AFTER,
  // It says nothing about the shop: neither what is found nor what is kept.
  "x-robots-tag": "noindex",
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
};

const server = createServer((request, response) => {
  if (request.url === "/healthz" && request.headers.host === "parking-page") return response.writeHead(204).end();
  // What somebody sends is not for us.
  request.resume();
  response.writeHead(503, headers).end(request.method === "HEAD" ? undefined : page);
});
server.listen(Number(process.env.PORT));
process.on("SIGTERM", () => {
  server.close(() => process.exit(0));
  server.closeIdleConnections();
});

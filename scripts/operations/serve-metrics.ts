import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { UserError } from "../../config/errors";
import type { FleetMetrics } from "./metrics";

/** Milliseconds for which an answer is good: several scrapers are no reason to ask the cluster more often. */
const goodFor = 15_000;

/**
 * Answers Prometheus at `/metrics` until `signal` is aborted. While the cluster can not be looked at that is a 503 with the reason, which
 * Prometheus shows as a target that is down.
 * @param onListening told the address as soon as it answers
 * @throws UserError when the address is taken, or is none of this machine
 */
export async function serveMetrics(read: () => Promise<FleetMetrics>, { host, port }: { host: string; port: number }, signal: AbortSignal, onListening: (address: string) => void): Promise<void> {
  const server = createServer(answering(cached(read)));
  server.listen(port, host);
  try {
    await once(server, "listening");
  } catch (error) {
    throw new UserError(`metrics can not be served at ${host}:${port}: ${(error as Error).message}`, "Name another one: --listen 127.0.0.1:PORT", "usage");
  }
  onListening(`http://${host.includes(":") ? `[${host}]` : host}:${(server.address() as AddressInfo).port}/metrics`);
  if (!signal.aborted) await once(signal, "abort");
  server.close();
  server.closeAllConnections();
}

const answering = (read: () => Promise<FleetMetrics>): RequestListener => async ({ method, url }, response) => {
  const end = (status: number, type: string, text: string) => response.writeHead(status, { "content-type": type }).end(method === "HEAD" ? undefined : text);
  const plain = "text/plain; charset=utf-8";
  if (method !== "GET" && method !== "HEAD") return end(405, plain, "only GET\n");
  if (url?.split("?")[0] !== "/metrics") return end(404, plain, "metrics are at /metrics\n");
  try {
    const { contentType, text } = await read();
    end(200, contentType, text);
  } catch (error) {
    end(503, plain, `${(error as Error).message}\n`);
  }
};

/** One look at a time, and none more often than it is good for. */
function cached(read: () => Promise<FleetMetrics>): () => Promise<FleetMetrics> {
  let last: { until: number; answer: Promise<FleetMetrics> } | undefined;
  return () => {
    if (last && Date.now() < last.until) return last.answer;
    const looking = { until: Infinity, answer: read() };
    last = looking;
    looking.answer.then(() => (looking.until = Date.now() + goodFor), () => (last = undefined));
    return looking.answer;
  };
}

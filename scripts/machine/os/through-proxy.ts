import type { Dispatcher } from "undici";
import { proxyFor } from "../../../config/proxy";

let dispatcher: Dispatcher | undefined;

interface Options {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
  redirect?: "manual";
  signal: AbortSignal;
}

/** Node's own `fetch` knows no proxy. One is looked for anew where a redirect leads. Loaded only where it is needed. */
export async function fetchThroughProxy(url: string, options: Options) {
  const { Agent, Pool, ProxyAgent, fetch } = await import("undici");
  const connectionTo = (origin: string | URL, pool: object) => {
    const uri = proxyFor(String(origin));
    return uri === undefined ? new Pool(origin, pool) : new ProxyAgent(uri);
  };
  return fetch(url, { ...options, dispatcher: (dispatcher ??= new Agent({ factory: connectionTo })) });
}

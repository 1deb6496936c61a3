import { request as plainRequest, type IncomingMessage } from "node:http";
import { request, type RequestOptions } from "node:https";
import type { KubeConfig } from "@kubernetes/client-node" with { "resolution-mode": "import" };

/** An object of the cluster, as far as programs look at it. */
export interface Found {
  metadata?: { uid?: string; labels?: Record<string, string>; annotations?: Record<string, string> };
  [key: string]: any;
}

/** The API server answered, and what it said is no object; without a status nobody answered at all. */
export class NoAnswer extends Error {
  constructor(
    message: string,
    /** HTTP's. */
    readonly status?: number,
  ) {
    super(message);
  }
}

/** An object by its path; undefined where there is none. Throws NoAnswer. */
export type Read = (path: string) => Promise<Found | undefined>;

/** Milliseconds without an answer after which the API server counts as away. */
const patience = 15_000;

const readers = new Map<string, Promise<Read>>();

/**
 * Reads the cluster that a context of the kubeconfig leads to, as the provider finds it. Plain requests: the generated client takes longer to load
 * than all that is asked of it.
 */
export function readerOf(context: string): Promise<Read> {
  const reader = readers.get(context) ?? open(context);
  readers.set(context, reader);
  return reader;
}

async function open(context: string): Promise<Read> {
  const { KubeConfig } = await import("@kubernetes/client-node/dist/config.js");
  const config = new KubeConfig();
  try {
    config.loadFromDefault();
  } catch (error) {
    noAnswer(error as Error);
  }
  if (!config.getContextObject(context)) throw new NoAnswer(`the kubeconfig has no context "${context}"`);
  config.setCurrentContext(context);
  return async (path) => {
    const { status, text } = await ask(config, path).catch(noAnswer);
    if (status === 404) return undefined;
    if (status < 200 || status >= 300) throw new NoAnswer(wordsOf(text) ?? `HTTP ${status}`, status);
    return JSON.parse(text) as Found;
  };
}

async function ask(config: KubeConfig, path: string): Promise<{ status: number; text: string }> {
  const url = new URL((config.getCurrentCluster()?.server ?? "").replace(/\/$/, "") + path);
  const options: RequestOptions = { headers: { accept: "application/json" }, timeout: patience };
  await config.applyToHTTPSOptions(options);
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const call = (url.protocol === "http:" ? plainRequest : request)(url, options, resolve);
    call.on("timeout", () => call.destroy(new Error(`no answer within ${patience / 1000} s`)));
    call.on("error", reject);
    call.end();
  });
  let text = "";
  for await (const chunk of response.setEncoding("utf8")) text += chunk;
  return { status: response.statusCode ?? 0, text };
}

/** Whatever else goes wrong on the way, such as a login helper that fails. */
function noAnswer(error: NodeJS.ErrnoException): never {
  throw new NoAnswer(error.message || String(error.code));
}

/** The API server's own words, if it had any. */
function wordsOf(body: string): string | undefined {
  try {
    return (JSON.parse(body) as { message?: string }).message;
  } catch {
    return undefined;
  }
}

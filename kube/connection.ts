import { once } from "node:events";
import { Agent as PlainAgent, request as plainRequest, type Agent, type IncomingMessage } from "node:http";
import { Agent as SecureAgent, request as secureRequest, type RequestOptions } from "node:https";
import { setTimeout as delay } from "node:timers/promises";
import type { KubeConfig } from "@kubernetes/client-node" with { "resolution-mode": "import" };
import { UserError } from "../config/errors";
import { storesCommand } from "../config/stores-command";
import { KubeError, Unreachable } from "./errors";

/** Each may be repeated: what it changes is the same after a second time. */
export interface Request {
  method: "GET" | "POST" | "PATCH" | "DELETE";
  path: string;
  headers: Record<string, string>;
  body?: string;
  /** Ends the request, and the waiting before it is repeated. */
  signal?: AbortSignal;
}

/** A login lasts so long (milliseconds) before it is asked for again: a helper program may take a second for it. */
const loginLasts = 30_000;

/** Requests to one cluster, over connections that stay open in between. */
export class Connection {
  private agent?: Promise<Agent>;
  private login?: { since: number; options: Promise<RequestOptions> };
  /** What the API server's clock said last, and when that was by this process's own. */
  private clock?: { told: number; at: number };

  /**
   * @param load reads the kubeconfig; once more where a login that it had is no longer accepted
   * @param timeout milliseconds without a word after which the cluster counts as unreachable; a request is repeated no longer than that
   */
  constructor(
    private config: KubeConfig,
    private readonly load: () => Promise<KubeConfig>,
    private readonly timeout: number,
  ) {}

  get context(): string {
    return this.config.getCurrentContext();
  }

  /** Milliseconds, by the clock of the API server as far as it has answered: whoever compares times that it wrote is not misled by this machine's. */
  now(): number {
    return this.clock ? this.clock.told + (performance.now() - this.clock.at) : Date.now();
  }

  /** The whole answer. */
  async text(request: Request): Promise<string> {
    return this.patiently(request, async () => {
      let text = "";
      await this.attempt(request, this.timeout, (chunk) => (text += chunk));
      return text;
    });
  }

  /**
   * Tells the lines of an answer as they come, until it ends. Once it has begun it is not asked for again.
   * @param silence milliseconds that may pass without a word; without it, a quiet one may take as long as it likes
   */
  async lines(request: Request, onLine: (line: string) => void, silence?: number): Promise<void> {
    let rest: string | undefined;
    const take = (chunk: string) => {
      const lines = ((rest ?? "") + chunk).split(/\r?\n/);
      rest = lines.pop();
      lines.forEach(onLine);
    };
    await this.patiently(request, () => this.attempt(request, silence, take), () => rest === undefined);
    if (rest) onLine(rest);
  }

  /** Repeats what a busy API server put off, what came through a connection that broke, and once what a renewed login may be let in with. */
  private async patiently<T>({ signal }: Request, work: () => Promise<T>, mayRepeat = () => true): Promise<T> {
    const end = Date.now() + this.timeout;
    let renewed = false;
    for (let tries = 0; ; tries++) {
      try {
        return await work();
      } catch (error) {
        const stale: boolean = !renewed && error instanceof KubeError && error.status === 401;
        const pause = stale ? 0 : pauseAfter(error, tries);
        if (!mayRepeat() || pause === undefined || Date.now() + pause > end) throw error;
        if (stale) await this.renew().catch(() => Promise.reject(error));
        renewed ||= stale;
        await delay(pause, undefined, { signal });
      }
    }
  }

  /** One request; tells the answer bit by bit. */
  private async attempt({ method, path, headers, body, signal }: Request, silence: number | undefined, take: (chunk: string) => void): Promise<void> {
    const { server } = this;
    const options = await heeding(this.logIn(), signal);
    const call = (server.protocol === "http:" ? plainRequest : secureRequest)(new URL(server.href.replace(/\/$/, "") + path), {
      ...options, method, agent: await this.pool(), signal,
      // Node tells no length with DELETE: its body would be taken for the next request.
      headers: { ...options.headers, ...headers, ...(body !== undefined && { "content-length": Buffer.byteLength(body) }) },
    });
    let silent: Error | undefined;
    let timer: NodeJS.Timeout | undefined;
    const expectWord = (within: number | undefined) => {
      clearTimeout(timer);
      timer = within === undefined ? undefined : setTimeout(() => call.destroy((silent = new Error(`no answer within ${within / 1000} s`))), within);
    };
    expectWord(this.timeout);
    // Told to whoever waits for the answer, or reads it.
    call.on("error", () => {});
    try {
      call.end(body);
      const [response] = (await once(call, "response")) as [IncomingMessage];
      const { statusCode: status = 0, headers: its } = response;
      const told = Date.parse(its.date ?? "");
      if (!Number.isNaN(told)) this.clock = { told, at: performance.now() };
      const well = status >= 200 && status < 300;
      if (well) expectWord(silence);
      let refusal = "";
      for await (const chunk of response.setEncoding("utf8")) {
        timer?.refresh();
        if (well) take(chunk);
        else refusal += chunk;
      }
      if (!well) throw this.refused(status, wordsOf(refusal) ?? `${method} ${path}: HTTP ${status}`, its["retry-after"]);
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof UserError) throw error;
      throw this.unreachable(silent ?? (error as Error));
    } finally {
      clearTimeout(timer);
    }
  }

  get server(): URL {
    return new URL(this.config.getCurrentCluster()?.server ?? "");
  }

  /** Made once, so that connections are reused. A certificate that changes is part of the request, and gets a connection of its own. */
  private pool(): Promise<Agent> {
    return (this.agent ??= agentFor(this.server.protocol, this.config.getCurrentCluster()?.proxyUrl));
  }

  private logIn(): Promise<RequestOptions> {
    const now = Date.now();
    if (this.login && now - this.login.since < loginLasts) return this.login.options;
    const options = this.optionsOf(this.config);
    this.login = { since: now, options };
    // The next request tries anew.
    options.catch(() => (this.login = undefined));
    return options;
  }

  private async renew(): Promise<void> {
    this.config = await this.load();
    this.login = undefined;
  }

  private async optionsOf(config: KubeConfig): Promise<RequestOptions> {
    const options: RequestOptions = {};
    await config.applyToHTTPSOptions(options).catch((error: Error) => {
      throw new UserError(`context "${this.context}" can not be used: ${error.message}`, `See whether kubectl --context ${this.context} works.`, "cluster-unreachable");
    });
    return options;
  }

  private refused(status: number, words: string, retryAfter?: string): KubeError {
    const here = `the cluster "${this.context}" at ${this.server.origin}`;
    if (status === 401) return new KubeError(status, `${here} does not accept the login of the kubeconfig: ${words}`, `Log in anew; kubectl --context ${this.context} get --raw /readyz says whether that worked.`, "cluster-unreachable");
    // Quotas and policies refuse by the same status, and have words of their own.
    if (status === 403 && / cannot \S+ resource /.test(words)) {
      return new KubeError(status, words, `So says ${here}. Accounts and their rights are made by: ${storesCommand("rbac")}`, "forbidden");
    }
    return new KubeError(status, words, `So says ${here}.`, undefined, Number(retryAfter) * 1000 || undefined);
  }

  private unreachable({ message, code }: NodeJS.ErrnoException): Unreachable {
    return new Unreachable(
      `the cluster "${this.context}" at ${this.server.origin} does not answer: ${message || code}`,
      `Start it (${storesCommand("cluster up")}) or correct the context; nothing was changed.`,
      code === "ECONNRESET" || code === "EPIPE",
    );
  }
}

/** Milliseconds until a request may be repeated; undefined where that would not help. */
function pauseAfter(error: unknown, tries: number): number | undefined {
  const busy = error instanceof KubeError && (error.status === 429 || error.status === 503);
  if (!busy && !(error instanceof Unreachable && error.broke)) return undefined;
  // Many clients that were put off at the same time do not come back at the same time.
  const own = Math.min(5000, 100 * 2 ** tries) * (0.5 + Math.random());
  return (busy ? error.retryAfter : undefined) ?? own;
}

async function agentFor(protocol: string, proxy: string | undefined): Promise<Agent> {
  const options = { keepAlive: true };
  if (!proxy) return protocol === "http:" ? new PlainAgent(options) : new SecureAgent(options);
  if (proxy.startsWith("socks")) return new (await import("socks-proxy-agent")).SocksProxyAgent(proxy, options);
  const { HttpProxyAgent, HttpsProxyAgent } = await import("hpagent");
  return new (protocol === "http:" ? HttpProxyAgent : HttpsProxyAgent)({ ...options, proxy });
}

/** Waits no longer than until `signal` is aborted. */
async function heeding<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  signal.throwIfAborted();
  let stop = () => {};
  const aborted = new Promise<never>((_, reject) => signal.addEventListener("abort", (stop = () => reject(signal.reason as Error)), { once: true }));
  return Promise.race([work, aborted]).finally(() => signal.removeEventListener("abort", stop));
}

/** The API server's own words, if it had any. */
function wordsOf(body: string): string | undefined {
  try {
    return (JSON.parse(body) as { message?: string }).message;
  } catch {
    return undefined;
  }
}

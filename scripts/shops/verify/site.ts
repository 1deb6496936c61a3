import { isIPv4 } from "node:net";
import type { Agent } from "undici";
import type { ZodType } from "zod";
import { UserError } from "../../../config/errors";
import { firstLine } from "../../../config/first-line";

/** How a site is reached. */
export interface Access {
  /** Where the ingress answers on this machine, if the cluster runs in containers here. */
  ports?: { http: number; https: number };
  /** Milliseconds that one request may take. */
  timeout: number;
}

/** What came back. Redirects are answers like any other. */
export interface Answer {
  /** `GET http://…`, for messages. */
  request: string;
  url: string;
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

export interface Content {
  headers?: Record<string, string>;
  json?: unknown;
  form?: Record<string, string>;
}

/** Requests to one host. */
export class Site {
  private agent?: Agent;

  constructor(
    readonly url: string,
    private readonly access: Access,
  ) {}

  async send(method: "GET" | "POST" | "PUT" | "DELETE", path: string, { headers, json, form }: Content = {}): Promise<Answer> {
    const undici = await import("undici");
    const { timeout } = this.access;
    this.agent ??= agentFor(undici, this.access);
    const url = new URL(path, this.url).href;
    const type = json !== undefined ? "application/json" : form && "application/x-www-form-urlencoded";
    const body = json !== undefined ? JSON.stringify(json) : form && new URLSearchParams(form).toString();
    try {
      const answer = await undici.request(url, {
        method, body, dispatcher: this.agent, signal: AbortSignal.timeout(timeout),
        headers: { "user-agent": "storefleet-verify", ...(type && { "content-type": type }), ...headers },
      });
      return { request: `${method} ${url}`, url, status: answer.statusCode, headers: answer.headers, text: await answer.body.text() };
    } catch (error) {
      const { name, message, code } = error as NodeJS.ErrnoException;
      throw new UserError(`${method} ${url}: ${name === "TimeoutError" ? `no answer within ${timeout / 1000} s` : message || code}`);
    }
  }

  /** The JSON of an answer that has to have this status and this shape. */
  async json<T>(shape: ZodType<T>, status: number, ...request: Parameters<Site["send"]>): Promise<T> {
    return jsonOf(shape, status, await this.send(...request));
  }
}

function agentFor({ Agent, buildConnector }: Pick<typeof import("undici"), "Agent" | "buildConnector">, { ports, timeout }: Access): Agent {
  const connect = buildConnector({ timeout });
  // A connection for each request: one that the server is just closing would fail for no fault of the shop's.
  return new Agent({ pipelining: 0, connect: (to, done) => connect({ ...to, ...destination(to, ports) }, done) });
}

/** Where to connect to. The Host header and the certificate's name stay the shop's. */
export function destination({ protocol, hostname, port }: { protocol: string; hostname: string; port: string }, ports?: Access["ports"]) {
  if (ports) return { hostname: "127.0.0.1", port: String(protocol === "https:" ? ports.https : ports.http) };
  return { hostname: addressIn(hostname) ?? hostname, port };
}

/** The address that a name under nip.io carries, `x.127.0.0.1.nip.io` or `x-127-0-0-1.nip.io`: it needs no DNS. */
export function addressIn(host: string): string | undefined {
  const [, address = ""] = /(?:^|[.-])((?:\d{1,3}\.){3}\d{1,3}|(?:\d{1,3}-){3}\d{1,3})\.nip\.io$/i.exec(host) ?? [];
  const dotted = address.replaceAll("-", ".");
  return isIPv4(dotted) ? dotted : undefined;
}

export function jsonOf<T>(shape: ZodType<T>, status: number, answer: Answer): T {
  if (answer.status !== status) throw unexpected(answer);
  let content: unknown;
  try {
    content = JSON.parse(answer.text);
  } catch {
    throw new UserError(`${answer.request} answered ${status} without JSON: ${oneLine(answer.text)}`);
  }
  const { success, data, error } = shape.safeParse(content);
  if (success) return data;
  const [issue] = error.issues;
  throw new UserError(`${answer.request} answered ${status} with JSON that is not as documented: ${issue?.path.join(".")}: ${issue?.message}`);
}

/** The page of an answer that has to be one. */
export function htmlOf(answer: Answer): string {
  if (answer.status !== 200) throw unexpected(answer);
  if (!/^text\/html\b/.test(String(answer.headers["content-type"]))) throw new UserError(`${answer.request} answered no HTML: ${oneLine(answer.text)}`);
  return answer.text;
}

/** An answer of another status than there should be, in the site's own words. */
export function unexpected({ request, status, headers: { location }, text }: Answer): UserError {
  return new UserError(`${request} answered ${status}${typeof location === "string" ? ` (to ${oneLine(location)})` : ""}: ${wordsOf(text)}`);
}

/** WordPress' REST API puts its words into `message`, and those on single parameters into `data.params`. */
function wordsOf(text: string): string {
  try {
    const { message, data } = JSON.parse(text) as { message?: unknown; data?: { params?: object } };
    if (typeof message === "string") return oneLine([message, ...Object.values(data?.params ?? {})].join(" "), 400);
  } catch {
    // No JSON: its beginning has to do.
  }
  return oneLine(text) || "(nothing)";
}

/** The beginning of somebody else's text, on one line: its control characters must not steer a terminal. */
export const oneLine = (text: string, length = 160) => firstLine(text.replace(/[\p{C}\s]+/gu, " ").trim(), length);

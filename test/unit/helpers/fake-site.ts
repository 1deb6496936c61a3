import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { ShopToVerify } from "../../../scripts/shops/verify/target";

export interface Asked {
  method: string;
  /** With its query. */
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface Answer {
  status?: number;
  headers?: Record<string, string | string[]>;
  json?: unknown;
  text?: string;
  /** Neither an answer nor an end. */
  silent?: boolean;
}

/** A site on a loopback port that tests bend. */
export abstract class FakeSite {
  readonly asked: Asked[] = [];
  /** In place of the site's own answers, by `METHOD /path`. */
  readonly instead = new Map<string, Answer | ((asked: Asked) => Answer | undefined)>();
  /** What it takes to verify the shop that it is. */
  abstract readonly target: Pick<ShopToVerify, "engine" | "admin" | "publishableKey">;
  private readonly server: Server = createServer((request, response) => void this.take(request, response));

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    return this;
  }
  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }
  callsOf(pattern: RegExp): Asked[] {
    return this.asked.filter(({ method, path }) => pattern.test(`${method} ${path}`));
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = "";
    for await (const chunk of request) body += chunk;
    const asked = { method: request.method!, path: request.url!, headers: request.headers, body };
    this.asked.push(asked);
    const other = this.instead.get(`${asked.method} ${asked.path.split("?")[0]}`);
    const { status = 200, headers, json, text = "", silent } = (typeof other === "function" ? other(asked) : other) ?? this.answer(asked);
    if (silent) return;
    const type = json === undefined ? "text/html; charset=UTF-8" : "application/json";
    response.writeHead(status, { "content-type": type, ...headers }).end(json === undefined ? text : JSON.stringify(json));
  }

  protected abstract answer(asked: Asked): Answer;
}

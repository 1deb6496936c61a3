import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Kube } from "../../../kube";

export interface Asked {
  method: string;
  url: URL;
  accept?: string;
  authorization?: string;
  /** What it was logged in by, bare. */
  tokens: string[];
  contentType?: string;
  body: string;
}

interface Place {
  url?: string;
  cluster?: object;
  user?: object;
  timeout?: number;
}

/** An API server that answers as a test says, and the kubeconfig that leads to it by the context "here". */
export class StubApi {
  readonly folder = mkdtempSync(join(tmpdir(), "storefleet-kube-"));
  readonly kubeconfig = join(this.folder, "kubeconfig");
  asked: Asked[] = [];
  /** Connections that were made to it. */
  connections = 0;
  answer: (request: Asked, response: ServerResponse) => void = () => {};
  private readonly server: Server = createServer((request, response) => void this.take(request, response)).on("connection", () => (this.connections += 1));

  static async start(): Promise<StubApi> {
    const stub = new StubApi();
    await new Promise<void>((resolve) => stub.server.listen(0, "127.0.0.1", resolve));
    return stub;
  }

  get address(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Forgets what was asked, and answers nothing any more. */
  reset(): void {
    this.asked = [];
    this.connections = 0;
    this.answer = () => {};
  }

  /** Ends the connections that there are. */
  hangUp(): void {
    this.server.closeAllConnections();
  }

  close(): void {
    this.hangUp();
    this.server.close();
    rmSync(this.folder, { recursive: true });
  }

  async open({ url = this.address, cluster = { "insecure-skip-tls-verify": true }, user = {}, timeout = 5000 }: Place = {}): Promise<Kube> {
    const config = {
      apiVersion: "v1", kind: "Config",
      clusters: [{ name: "c", cluster: { server: url, ...cluster } }],
      users: [{ name: "u", user }],
      contexts: [{ name: "here", context: { cluster: "c", user: "u" } }],
    };
    writeFileSync(this.kubeconfig, JSON.stringify(config));
    return Kube.open(this.kubeconfig, "here", timeout);
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = "";
    for await (const chunk of request) body += chunk;
    const { accept, authorization, "content-type": contentType } = request.headers;
    const tokens = [authorization?.replace(/^\w+ /, ""), request.headers["private-token"]?.toString()].filter((token) => token !== undefined);
    const it = { method: request.method!, url: new URL(request.url!, this.address), accept, authorization, tokens, contentType, body };
    this.asked.push(it);
    this.answer(it, response);
  }
}

export const json = (response: ServerResponse, content: object, code = 200, headers: Record<string, string> = {}) =>
  void response.writeHead(code, { "content-type": "application/json", ...headers }).end(JSON.stringify(content));

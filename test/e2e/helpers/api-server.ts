import type { Operation } from "../../../scripts/operations/history";
import type { Fleet } from "./fleet";
import { until } from "./until";

export interface ApiAnswer<T> {
  status: number;
  headers: Headers;
  body: T;
}

/** `stores serve` of a fleet, and its run's token. */
export class ApiServer {
  private constructor(
    readonly started: ReturnType<Fleet["start"]>,
    private readonly address: string,
    private readonly token: string,
  ) {}

  static start = (fleet: Fleet, ...more: string[]): Promise<ApiServer> => ApiServer.startWith(fleet, {}, ...more);

  static async startWith(fleet: Fleet, environment: NodeJS.ProcessEnv, ...more: string[]): Promise<ApiServer> {
    const started = fleet.start(["serve", "--json", "--listen", "127.0.0.1:0", ...more], environment);
    await until("the API answers", async () => started.so.stdout.includes("\n"));
    const { address, token } = JSON.parse(started.so.stdout) as { address: string; token: string };
    return new ApiServer(started, address, token);
  }

  /** @param body text is a list, anything else JSON */
  async ask<T>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<ApiAnswer<T>> {
    const isText = typeof body === "string";
    const response = await fetch(`${this.address}/api/v1${path}`, {
      method, headers: { authorization: `Bearer ${this.token}`, ...(body !== undefined && { "content-type": isText ? "application/yaml" : "application/json" }), ...headers },
      ...(body !== undefined && { body: isText ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: (/json/.test(response.headers.get("content-type") ?? "") ? JSON.parse(text) : text) as T };
  }

  /** An operation, once it has ended. @param seconds to wait for it */
  async ended(id: string, seconds = 120): Promise<Operation> {
    const look = async () => (await this.ask<Operation>("GET", `/operations/${id}`)).body;
    await until(`operation ${id} has ended`, async () => !["editing", "queued", "running", "stopping"].includes((await look()).state), seconds, 200);
    return look();
  }

  async stop(): Promise<void> {
    this.started.child.kill("SIGTERM");
    await this.started.done;
  }
}

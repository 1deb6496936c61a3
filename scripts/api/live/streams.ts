import type { Operation } from "../../operations/history";
import type { Health, Store } from "../contract";
import { Problem, problemOf, type ProblemBody } from "../http/problem";
import type { TokenStore } from "../http/tokens";
import type { Look } from "./look";

/** Bytes that may wait for a client who is slow to take them. */
export const mayWait = 1024 * 1024;
const perToken = 20;
const lookEvery = 1000;
const pingEvery = 15_000;
/** Of what was done, the newest are told. */
const operationsTold = 50;

/** What clients have been told so far. */
interface Told {
  stores: Map<string, string>;
  operations: Map<string, string>;
  health: string;
}

interface Client {
  token: string;
  controller: ReadableStreamDefaultController<Uint8Array>;
  /** Has the whole, so that differences mean something to it. */
  whole: boolean;
}

const encoder = new TextEncoder();
const eventText = (event: string, json: string) => encoder.encode(`event: ${event}\ndata: ${json}\n\n`);
const healthEvent = (health: string) => eventText("health", `{"health":${health}}`);

/**
 * The fleet, told live: to each client the whole once, then what changes. While there is any client the cluster is looked at once a
 * second for all of them; without one, not at all.
 */
export class Streams {
  private readonly clients = new Set<Client>();
  private told?: Told;
  private timers: NodeJS.Timeout[] = [];
  private looking = false;

  constructor(
    private readonly look: Look,
    private readonly tokens: TokenStore,
    private readonly report: (text: string) => void,
    private readonly now: () => number = Date.now,
  ) {}

  get size(): number {
    return this.clients.size;
  }

  /** A new client's stream; throws a 429 for one too many of a token. */
  open(token: string): ReadableStream<Uint8Array> {
    if ([...this.clients].filter((it) => it.token === token).length >= perToken) throw new Problem("too-many", `the token has ${perToken} streams open`, { headers: { "retry-after": "30" } });
    let client: Client;
    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          client = { token, controller, whole: false };
          this.clients.add(client);
          if (this.told) this.sendWhole(client, this.told);
          this.begin();
        },
        cancel: () => void this.forget(client),
      },
      new ByteLengthQueuingStrategy({ highWaterMark: mayWait }),
    );
  }

  /** Ends all of them. */
  close(): void {
    for (const client of [...this.clients]) this.drop(client);
  }

  /** Looks now rather than with the next second. Does not throw. */
  async tick(): Promise<void> {
    if (this.looking) return;
    this.looking = true;
    try {
      await this.tell();
    } catch (error) {
      this.tellTrouble(error);
    } finally {
      this.looking = false;
    }
  }

  private begin(): void {
    if (this.timers.length > 0) return;
    this.timers = [setInterval(() => void this.tick(), lookEvery), setInterval(() => void this.ping(), pingEvery)];
    void this.tick();
  }

  private async tell(): Promise<void> {
    const [{ stores, health }, operations] = await Promise.all([this.look.stores(), this.look.operations()]);
    const now: Told = { stores: texts(stores), operations: texts(operations.slice(0, operationsTold)), health: JSON.stringify({ ...health, trouble: null } satisfies Health) };
    if (this.clients.size === 0) return;
    const changes = this.told ? [...differences("store", this.told.stores, now.stores), ...differences("operation", this.told.operations, now.operations), ...(this.told.health === now.health ? [] : [healthEvent(now.health)])] : [];
    this.told = now;
    for (const client of [...this.clients]) {
      if (!client.whole) this.sendWhole(client, now);
      else for (const change of changes) this.send(client, change);
    }
  }

  private tellTrouble(error: unknown): void {
    const { code, title, status, message: detail, more } = problemOf(error, this.report);
    const trouble: ProblemBody = { type: `urn:storefleet:problem:${code}`, title, status, detail, instance: "/api/v1/events", ...(more.hint && { hint: more.hint }), ...(more.request && { request: more.request }) };
    const known = (this.told ? JSON.parse(this.told.health) : { simulated: false, listProblem: null, environmentProblem: null, isolation: "unknown", isolationProblem: null, rollout: null }) as Health;
    const health = JSON.stringify({ ...known, trouble } satisfies Health);
    if (this.told?.health === health) return;
    if (this.told) this.told.health = health;
    for (const client of [...this.clients]) this.send(client, healthEvent(health));
  }

  private sendWhole(client: Client, { stores, operations, health }: Told): void {
    client.whole = true;
    const list = (all: Map<string, string>) => `[${[...all.values()].join(",")}]`;
    this.send(client, eventText("snapshot", `{"stores":${list(stores)},"operations":${list(operations)},"health":${health}}`));
  }

  /** Whoever does not take what is there for him is let go: he connects again, and gets the whole. */
  private send(client: Client, text: Uint8Array): void {
    if (!this.clients.has(client)) return;
    if ((client.controller.desiredSize ?? 0) <= 0) return this.drop(client, new Error("it was too slow"));
    client.controller.enqueue(text);
  }

  /** A sign of life; and the end for those whose token has ended. */
  async ping(): Promise<void> {
    for (const client of [...this.clients]) {
      const token = await this.tokens.find(client.token).catch(() => undefined);
      if (token && this.now() < token.expires) this.send(client, eventText("ping", JSON.stringify({ time: new Date(this.now()).toISOString() })));
      else this.drop(client);
    }
  }

  private drop(client: Client, error?: Error): void {
    if (!this.forget(client)) return;
    if (error) client.controller.error(error);
    else client.controller.close();
  }

  private forget(client: Client): boolean {
    const there = this.clients.delete(client);
    if (this.clients.size > 0) return there;
    for (const timer of this.timers) clearInterval(timer);
    this.timers = [];
    this.told = undefined;
    return there;
  }
}

const texts = (all: (Store | Operation)[]) => new Map(all.map((it) => [it.id, JSON.stringify(it)]));

/** One event for each that is new, another, or gone. */
function differences(event: string, before: Map<string, string>, now: Map<string, string>): Uint8Array[] {
  const changed = [...now].filter(([id, text]) => before.get(id) !== text).map(([id, text]) => eventText(event, `{"id":${JSON.stringify(id)},"${event}":${text}}`));
  const gone = [...before.keys()].filter((id) => !now.has(id)).map((id) => eventText(event, `{"id":${JSON.stringify(id)},"${event}":null}`));
  return [...changed, ...gone];
}

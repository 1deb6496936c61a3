import { Client, FetchError } from "@medusajs/js-sdk";

/** The backend does not answer, not in time, or not as it should. Visitors are asked to come back. */
export class Unavailable extends Error {}
/** The backend says that the publishable key does not count. That is the operator's matter: visitors are asked to come back. */
export class KeyRefused extends Unavailable {}
/** The backend refused a request; the message is its own. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }

  /** There is less of something than was asked for; Medusa's own words name the warehouse. */
  get lacksStock(): boolean {
    return /inventory|stock/i.test(this.message);
  }
}

/** In milliseconds. While Postgres is away Medusa keeps requests hanging, so every one gets an end of its own. */
export interface Limits {
  read: number;
  write: number;
  /** How old an answer of `recent` may be. */
  age: number;
}
export const defaultLimits: Limits = { read: 6_000, write: 25_000, age: 5_000 };
const maxRecent = 100;

type Query = Record<string, string | number | undefined>;

/**
 * The store API. The SDK's client, not its methods for each route: those take no signal, so nothing could end them.
 */
export class Api {
  private readonly client: Client;
  private readonly answers = new Map<string, { answer: Promise<unknown>; until: number }>();

  constructor(
    baseUrl: string,
    publishableKey: string,
    private readonly limits: Limits = defaultLimits,
  ) {
    this.client = new Client({ baseUrl, publishableKey, auth: { type: "jwt", jwtTokenStorageMethod: "nostore" } });
  }

  async get<T>(path: string, query: Query = {}): Promise<T> {
    const attempt = () => this.send<T>(path, { query }, this.limits.read);
    // A connection that the backend was just closing: once more, which is safe for reading.
    return attempt().catch((error) => (isConnectionLoss(error) ? attempt() : Promise.reject(error))).catch(explain(path));
  }

  /** Like `get`, but takes what was read a moment ago: many visitors look at the same products, and one answer serves them all. */
  recent<T>(path: string, query: Query): Promise<T> {
    const key = path + JSON.stringify(query);
    const known = this.answers.get(key);
    if (known && known.until > Date.now()) return known.answer as Promise<T>;
    const answer = this.get<T>(path, query);
    answer.catch(() => this.answers.delete(key));
    if (this.answers.size >= maxRecent) this.answers.clear();
    this.answers.set(key, { answer, until: Date.now() + this.limits.age });
    return answer;
  }

  /** Like `get`, but undefined when there is no such thing. */
  async find<T>(path: string, query: Query = {}): Promise<T | undefined> {
    return this.get<T>(path, query).catch((error) => {
      if (error instanceof Refused && error.status === 404) return undefined;
      throw error;
    });
  }

  async post<T>(path: string, body?: object, query: Query = {}): Promise<T> {
    return this.send<T>(path, { method: "POST", body, query }, this.limits.write).catch(explain(path));
  }

  async delete(path: string): Promise<void> {
    await this.send(path, { method: "DELETE" }, this.limits.write).catch(explain(path));
  }

  private send<T>(path: string, init: { method?: string; body?: object; query?: Query }, timeout: number): Promise<T> {
    return this.client.fetch<T>(path, { ...init, signal: AbortSignal.timeout(timeout) });
  }
}

/** Every path that is sent holds ids of this form only, so nothing from a browser can lead elsewhere. */
export const isId = (value: string | undefined, prefix: string): value is string => new RegExp(`^${prefix}_[0-9A-Za-z]{8,64}$`).test(value ?? "");

const isConnectionLoss = (error: unknown) => error instanceof TypeError && error.message === "fetch failed";

const explain = (path: string) => (error: unknown): never => {
  const { status = 500, message } = error instanceof FetchError ? error : { message: String((error as Error)?.cause ?? error) };
  if (status === 400 && /publishable/i.test(message)) throw new KeyRefused(`${path}: ${message}`, { cause: error });
  if (status < 500 && status !== 429) throw new Refused(status, message);
  throw new Unavailable(`${path}: ${message}`, { cause: error });
};

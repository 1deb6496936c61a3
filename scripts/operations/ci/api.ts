import { setTimeout } from "node:timers/promises";
import { firstLine } from "../../../config/first-line";
import { UserError } from "../../../config/errors";
import { fetchThroughProxy } from "../../machine/os/through-proxy";

export interface Request {
  method: "GET" | "POST" | "PATCH" | "PUT";
  /** Below the API's address. */
  path: string;
  body?: object;
}

/** The API of a platform, and how one logs in there. */
export interface Api {
  /** As people call the platform. */
  name: string;
  url: string;
  headers: Record<string, string>;
  /** What the token has to be allowed, for the message that it is not. */
  right: string;
}

/** It is busy, or asks to wait: worth another try after so many seconds. */
export class Busy extends Error {
  constructor(message: string, readonly seconds?: number) {
    super(message);
  }
}

/** One request; throws `Busy` where another try may help, and else a UserError. The token is in no message. */
export async function ask(api: Api, { method, path, body }: Request): Promise<unknown> {
  const what = `${method} ${path.split("?")[0]}`;
  let answer: Awaited<ReturnType<typeof fetchThroughProxy>>;
  let text: string;
  try {
    answer = await fetchThroughProxy(`${api.url}${path}`, {
      method,
      headers: { "user-agent": "storefleet", "content-type": "application/json", ...api.headers },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    });
    text = await answer.text();
  } catch (error) {
    const { message, cause } = error as Error;
    throw new Busy(`${api.name} can not be reached at ${api.url}: ${cause instanceof Error ? cause.message || (cause as NodeJS.ErrnoException).code : message}`);
  }
  const { status, headers } = answer;
  if (answer.ok) return parse(api, what, text);
  const said = `${api.name} answers ${status} to ${what}: ${saidIn(text)}`;
  const wait = headers.get("retry-after");
  // GitHub says 403 as well to whoever asks too often.
  const limited = status === 429 || (status === 403 && (wait !== null || headers.get("x-ratelimit-remaining") === "0"));
  if (limited || status >= 500) throw new Busy(said, wait !== null && /^\d+$/.test(wait) ? Number(wait) : undefined);
  if (status === 401 || status === 403) throw new UserError(said, `The token must be allowed it: ${api.right}`);
  if (status === 404) throw new UserError(said, `It is not there, or the token may not see it: ${api.right}`);
  throw new UserError(said);
}

function parse(api: Api, what: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UserError(`${api.name} answers ${what} with something else than JSON: ${firstLine(text)}`, `Is ${api.url} its API?`);
  }
}

/** What an API says of a refusal, in a line. */
function saidIn(text: string): string {
  try {
    const { message, error } = JSON.parse(text) as { message?: unknown; error?: unknown };
    const said = message ?? error;
    return firstLine(typeof said === "string" ? said : JSON.stringify(said ?? {}));
  } catch {
    return firstLine(text.trim()) || "no words";
  }
}

/** Milliseconds, as `setTimeout` takes them. */
export type Pause = (milliseconds: number) => Promise<unknown>;
const tries = 4;
const longestPause = 60;

/**
 * Does something again while the API is busy, from its beginning: whether a request that got no answer was heard can only be seen
 * by looking again.
 */
export async function patiently<T>(work: () => Promise<T>, say: (text: string) => void, pause: Pause = setTimeout): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Busy)) throw error;
      const seconds = error.seconds ?? 2 ** attempt;
      if (attempt === tries) throw new UserError(error.message, `It was tried ${tries} times.`);
      if (seconds > longestPause) throw new UserError(error.message, `It asks to come back in ${seconds} s, which is not waited for.`);
      say(`${error.message}; again in ${seconds} s`);
      await pause(seconds * 1000);
    }
  }
}

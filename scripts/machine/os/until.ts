import { setTimeout as delay } from "node:timers/promises";

export interface Patience {
  /** Milliseconds in all. */
  within: number;
  /** Milliseconds between two looks. */
  every: number;
  /** Ends the wait when it is aborted. */
  signal?: AbortSignal;
}

/**
 * Looks again and again until there is something to see, which it returns; undefined when the time is up or `signal` is aborted. It looks
 * once at least, and a last time when the time is up.
 */
export async function until<T>(look: () => T | Promise<T>, { within, every, signal }: Patience): Promise<Exclude<T, false | undefined> | undefined> {
  const end = Date.now() + within;
  for (;;) {
    const late = Date.now() >= end;
    const seen = await look();
    if (seen !== undefined && seen !== false) return seen as Exclude<T, false | undefined>;
    if (late || signal?.aborted) return undefined;
    await delay(Math.min(every, Math.max(0, end - Date.now())), undefined, { signal }).catch(() => undefined);
  }
}

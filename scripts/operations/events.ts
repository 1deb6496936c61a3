import type { Kube } from "../../kube";
import { watch, type Change } from "../../kube/watch";
import { openSession } from "../engine/session";
import { byTime, storeOf, timeOf, type Event } from "../fleet/event";
import { findStore } from "./running-store";
import type { Scope } from "./scope";

export interface StoreEvent {
  time: string;
  type: string;
  /** `Pod/medusa-server-…` */
  object: string;
  reason: string;
  message: string;
  count: number;
}

/** What the cluster said about a store, oldest first; it remembers an hour. */
export async function events(scope: Scope, name: string): Promise<StoreEvent[]> {
  const { kube, path } = await eventsOf(scope, name);
  const items = (await kube.list(path)) as unknown as Event[];
  return items.sort(byTime).map(inShort);
}

export interface EventListener {
  onEvent(store: string, event: StoreEvent): void;
  /** Told what keeps the cluster from being heard, once; it goes on, and misses nothing. */
  onTrouble(message: string): void;
  signal: AbortSignal;
}

/**
 * Tells what the cluster says about a store, beginning with what it remembers, until `signal` is aborted. Without a name: about every store
 * of the environment, and only what is new, as an hour of a thousand stores is no reading.
 */
export async function watchEvents(scope: Scope, name: string | undefined, listener: EventListener): Promise<void> {
  if (name === undefined) return tellEvents((await openSession(scope)).kube, scope, "/api/v1/events", "what comes", listener);
  const { kube, path } = await eventsOf(scope, name);
  return tellEvents(kube, scope, path, "all", listener);
}

/** The same on a cluster that is at hand, for the events below a path. */
export async function tellEvents(kube: Kube, { env }: Scope, path: string, which: "all" | "what comes", { onEvent, onTrouble, signal }: EventListener): Promise<void> {
  let silent = which === "what comes";
  let trouble: string | undefined;
  const onChanges = (changes: Change[]) => {
    const said = changes.filter(({ type }) => type !== "DELETED").map(({ object }) => object as unknown as Event);
    for (const event of silent ? [] : said.sort(byTime)) {
      const store = storeOf(env, event.metadata.namespace ?? "");
      if (store !== undefined) onEvent(store, inShort(event));
    }
    [silent, trouble] = [false, undefined];
  };
  const onError = ({ message }: Error) => {
    if (message !== trouble) onTrouble(message);
    trouble = message;
  };
  await watch(kube, path, {}, { onChanges, onTrouble: onError, signal });
}

async function eventsOf(scope: Scope, name: string) {
  const { session, store } = await findStore(scope, name);
  return { kube: session.kube, path: `/api/v1/namespaces/${store.namespace}/events` };
}

const inShort = (event: Event): StoreEvent => ({
  time: timeOf(event),
  type: event.type,
  object: `${event.involvedObject.kind}/${event.involvedObject.name}`,
  reason: event.reason,
  message: event.message,
  count: event.count ?? event.series?.count ?? 1,
});

import { byTime, timeOf, type Event } from "../fleet/event";
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
  const { session, store } = await findStore(scope, name);
  const items = (await session.kube.list(`/api/v1/namespaces/${store.namespace}/events`)) as unknown as Event[];
  return items.sort(byTime).map((event) => ({
    time: timeOf(event),
    type: event.type,
    object: `${event.involvedObject.kind}/${event.involvedObject.name}`,
    reason: event.reason,
    message: event.message,
    count: event.count ?? 1,
  }));
}

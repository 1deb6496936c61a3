import { namespaceOf, type EnvironmentName } from "../../config/names";

/** What somebody in the cluster said about an object. */
export interface Event {
  metadata: { namespace?: string; creationTimestamp: string };
  type: string;
  reason: string;
  message: string;
  involvedObject: { kind: string; name: string };
  /** How often it was said. */
  count?: number;
  lastTimestamp?: string | null;
  eventTime?: string | null;
  series?: { count?: number; lastObservedTime?: string } | null;
}

/** When it was said last. */
export const timeOf = ({ lastTimestamp, series, eventTime, metadata }: Event) => lastTimestamp ?? series?.lastObservedTime ?? eventTime ?? metadata.creationTimestamp;

/** Oldest first. The clocks that events carry differ in their digits, so that only the times themselves compare. */
export const byTime = (a: Event, b: Event) => Date.parse(timeOf(a)) - Date.parse(timeOf(b));

/** The store that a namespace is for; undefined where it is none of this environment's. */
export function storeOf(env: EnvironmentName, namespace: string): string | undefined {
  const [, name] = /^store-(.+)-[0-9a-f]{8}$/.exec(namespace) ?? [];
  return name !== undefined && namespaceOf(env, name) === namespace ? name : undefined;
}

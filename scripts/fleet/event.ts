/** What somebody in the cluster said about an object. */
export interface Event {
  metadata: { creationTimestamp: string };
  type: string;
  reason: string;
  message: string;
  involvedObject: { kind: string; name: string };
  /** How often it was said. */
  count?: number;
  lastTimestamp?: string | null;
  eventTime?: string | null;
  series?: { lastObservedTime?: string } | null;
}

/** When it was said last. */
export const timeOf = ({ lastTimestamp, series, eventTime, metadata }: Event) => lastTimestamp ?? series?.lastObservedTime ?? eventTime ?? metadata.creationTimestamp;

/** Oldest first. The clocks that events carry differ in their digits, so that only the times themselves compare. */
export const byTime = (a: Event, b: Event) => Date.parse(timeOf(a)) - Date.parse(timeOf(b));

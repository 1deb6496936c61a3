import type { Told } from "./fleet";

const events = ["snapshot", "store", "operation", "health"] as const;
/** Milliseconds: the server gives a sign of life every 15 s. */
const silence = 40_000;
const waits = [1_000, 2_000, 5_000, 10_000];

export interface Listener {
  told(it: Told): void;
  /** Something was heard, if only a sign of life. */
  heard(): void;
  /** The stream ended; the next is begun later. */
  lost(): void;
}

/** Follows the API's stream until it is told to stop, beginning anew after each end: each stream starts with the whole. */
export function follow(listener: Listener): () => void {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let tries = 0;

  const watch = () => {
    clearTimeout(timer);
    timer = setTimeout(again, silence);
  };
  const hear = () => {
    tries = 0;
    watch();
    listener.heard();
  };
  function begin(): void {
    source = new EventSource("/api/v1/events");
    for (const event of events) {
      source.addEventListener(event, ({ data }) => {
        hear();
        listener.told({ event, data: JSON.parse(data as string) } as Told);
      });
    }
    source.addEventListener("ping", hear);
    source.addEventListener("error", again);
    watch();
  }
  function again(): void {
    source?.close();
    clearTimeout(timer);
    listener.lost();
    timer = setTimeout(begin, waits[Math.min(tries++, waits.length - 1)]);
  }
  begin();
  return () => {
    clearTimeout(timer);
    source?.close();
  };
}

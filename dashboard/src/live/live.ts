import type { QueryClient } from "@tanstack/react-query";
import { fleetKey } from "./fleet-query";
import { afterwards, type Fleet, type Told } from "./fleet";
import { linkNow, setLink, type Link } from "./link";
import { follow } from "./stream";

/** Between the tabs of a browser: what one of them is told, and the asking for the whole by one that came later. */
type Word = Told | { event: "link"; data: Link } | { event: "whole?" };

/**
 * Keeps the fleet in the cache as it is told live. A browser has one stream however many tabs there are, since it has few connections to a
 * server: of the visible tabs one holds a lock, and what it is told it tells the others. While all are hidden there is no stream; whoever
 * comes back gets the whole.
 */
export function goLive(client: QueryClient): () => void {
  const others = new BroadcastChannel("storefleet-live");
  let waiting: AbortController | undefined;
  let leads = false;

  const take = (told: Told) => {
    const fleet = afterwards(client.getQueryData<Fleet>(fleetKey), told);
    if (fleet) client.setQueryData(fleetKey, fleet);
    if (told.event === "operation" || told.event === "store") void client.invalidateQueries({ queryKey: ["pending"] });
  };
  const change = (link: Partial<Link>) => {
    setLink(link);
    others.postMessage({ event: "link", data: linkNow() } satisfies Word);
  };
  others.onmessage = ({ data: word }: MessageEvent<Word>) => {
    if (word.event === "link") return setLink(word.data);
    if (word.event !== "whole?") return take(word);
    const fleet = leads && linkNow().state === "live" && client.getQueryData<Fleet>(fleetKey);
    if (!fleet) return;
    others.postMessage({ event: "snapshot", data: fleet } satisfies Word);
    others.postMessage({ event: "link", data: linkNow() } satisfies Word);
  };

  const lead = (until: AbortSignal) =>
    new Promise<void>((done) => {
      leads = true;
      const stop = follow({
        told(it) {
          if (it.event === "snapshot") change({ state: "live" });
          take(it);
          others.postMessage(it);
        },
        heard: () => change({ heardAt: Date.now() }),
        lost() {
          change({ state: "lost" });
          // Why it ended is told by what is asked for next: perhaps the session did.
          void client.invalidateQueries({ queryKey: ["session"] });
        },
      });
      until.addEventListener("abort", () => {
        leads = false;
        stop();
        done();
      });
    });

  const onVisibility = () => {
    if (document.hidden) {
      waiting?.abort();
      waiting = undefined;
    } else if (!waiting) {
      const mine = (waiting = new AbortController());
      others.postMessage({ event: "whole?" } satisfies Word);
      // Aborted while it waits for the lock, or while it holds it: both are an end.
      navigator.locks.request("storefleet-live", { signal: mine.signal }, () => lead(mine.signal)).catch(() => undefined);
    }
  };
  document.addEventListener("visibilitychange", onVisibility);
  onVisibility();
  return () => {
    document.removeEventListener("visibilitychange", onVisibility);
    waiting?.abort();
    others.close();
    setLink({ state: "connecting" });
  };
}

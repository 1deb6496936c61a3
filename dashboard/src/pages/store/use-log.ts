import { useEffect, useState } from "react";
import { api, ask } from "../../api/client";
import { eventsIn, mostLines, type LogLine } from "./log-lines";

export interface Followed {
  lines: readonly LogLine[];
  state: "connecting" | "following" | "ended";
  error?: unknown;
}

const nothing: Followed = { lines: [], state: "connecting" };

/** Follows a store's log as long as the page is to be seen: a browser has few connections to a server. @param round another one begins anew */
export function useLog(id: string, round: number): Followed {
  const [followed, setFollowed] = useState(nothing);
  const [visible, setVisible] = useState(!document.hidden);
  useEffect(() => {
    const look = () => setVisible(!document.hidden);
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, []);
  useEffect(() => {
    if (!visible) return;
    const mine = new AbortController();
    const came: LogLine[] = [];
    setFollowed(nothing);
    // Many lines at once are drawn once.
    let timer: ReturnType<typeof setTimeout> | undefined;
    const show = (state: Followed["state"], error?: unknown) => {
      clearTimeout(timer);
      timer = undefined;
      if (!mine.signal.aborted) setFollowed({ lines: came.slice(), state, error });
    };
    const follow = async () => {
      const body = await ask(api.GET("/api/v1/stores/{id}/logs/live", { params: { path: { id }, query: { tail: 200 } }, parseAs: "stream", signal: mine.signal }));
      show("following");
      for await (const line of eventsIn(body as ReadableStream<Uint8Array>)) {
        came.push(line);
        if (came.length > mostLines) came.splice(0, came.length - mostLines);
        timer ??= setTimeout(() => show("following"), 100);
      }
    };
    follow().then(() => show("ended"), (error: unknown) => show("ended", error));
    return () => {
      clearTimeout(timer);
      mine.abort();
    };
  }, [id, round, visible]);
  return followed;
}

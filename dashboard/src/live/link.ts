import { useSyncExternalStore } from "react";

/** How this browser hears of the fleet. */
export interface Link {
  /** live: each change is told. lost: the fleet is asked for now and then. */
  state: "connecting" | "live" | "lost";
  /** When the server was heard last, by any means; 0: never. */
  heardAt: number;
}

let link: Link = { state: "connecting", heardAt: 0 };
const listeners = new Set<() => void>();

export const linkNow = (): Link => link;

export function setLink(change: Partial<Link>): void {
  link = { ...link, ...change };
  for (const tell of listeners) tell();
}

const subscribe = (tell: () => void) => {
  listeners.add(tell);
  return () => void listeners.delete(tell);
};
export const useLink = (): Link => useSyncExternalStore(subscribe, linkNow);

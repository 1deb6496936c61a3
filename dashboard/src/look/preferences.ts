import { useSyncExternalStore } from "react";

/** How somebody wants it, in this browser. */
export interface Preferences {
  theme: "system" | "light" | "dark";
  rows: "compact" | "high";
  /** Whether single keys do something. */
  keys: "on" | "off";
}

const standard: Preferences = { theme: "system", rows: "compact", keys: "on" };
const place = "storefleet-preferences";

function kept(): Preferences {
  try {
    return { ...standard, ...(JSON.parse(localStorage.getItem(place) ?? "{}") as Partial<Preferences>) };
  } catch {
    return standard;
  }
}

let preferences = kept();
const listeners = new Set<() => void>();

export function setPreference<K extends keyof Preferences>(key: K, value: Preferences[K]): void {
  localStorage.setItem(place, JSON.stringify({ ...preferences, [key]: value }));
  take();
}

/** Shows what is kept; another tab may have changed it. */
function take(): void {
  preferences = kept();
  document.documentElement.dataset.theme = preferences.theme;
  document.documentElement.dataset.rows = preferences.rows;
  for (const tell of listeners) tell();
}

export function applyPreferences(): void {
  take();
  addEventListener("storage", take);
}

const subscribe = (tell: () => void) => {
  listeners.add(tell);
  return () => void listeners.delete(tell);
};
export const preferencesNow = (): Preferences => preferences;
export const usePreferences = (): Preferences => useSyncExternalStore(subscribe, preferencesNow);

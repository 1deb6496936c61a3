import { useSyncExternalStore } from "react";

const query = matchMedia("(max-width: 720px)");
const subscribe = (tell: () => void) => {
  query.addEventListener("change", tell);
  return () => query.removeEventListener("change", tell);
};

/** Whether the page is as narrow as a telephone: the same width as in the styles. */
export const useNarrow = (): boolean => useSyncExternalStore(subscribe, () => query.matches);

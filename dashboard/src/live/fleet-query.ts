import { queryOptions, useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { api, ask } from "../api/client";
import type { Operation, Store } from "../api/types";
import type { Fleet } from "./fleet";
import { linkNow, setLink, useLink } from "./link";

export const fleetKey = ["fleet"] as const;

/** The fleet, asked for as a whole: first of all, and while nothing is told live. */
const fleetQuery = (client: QueryClient) =>
  queryOptions({
    queryKey: fleetKey,
    async queryFn(): Promise<Fleet> {
      const [{ stores, health }, { operations }] = await Promise.all([
        ask(api.GET("/api/v1/stores")), ask(api.GET("/api/v1/operations", { params: { query: { limit: 50 } } })),
      ]);
      // What was told live meanwhile is newer.
      const told = linkNow().state === "live" && client.getQueryData<Fleet>(fleetKey);
      if (told) return told;
      setLink({ heardAt: Date.now() });
      return { stores, operations, health: { ...health, trouble: null } };
    },
    staleTime: Infinity,
  });

export function useFleet() {
  const { state } = useLink();
  return useQuery({ ...fleetQuery(useQueryClient()), refetchInterval: state === "lost" ? 10_000 : false, refetchOnWindowFocus: state !== "live" });
}

/** A store's row; undefined: there is none, or nothing is known yet. */
export const useStore = (name: string): Store | undefined => useFleet().data?.stores.find((it) => it.id === name);

/** An operation of the newest 50. */
export const useRecentOperation = (id: string): Operation | undefined => useFleet().data?.operations.find((it) => it.id === id);

import { useMemo } from "react";
import { useQuery } from "@tanstack/react-query";
import { api, ask } from "../api/client";
import type { Operation } from "../api/types";
import { useFleet } from "./fleet-query";

/** Newest first: those that are told live, and of the older ones those that are still known. */
export function together(live: readonly Operation[], asked: readonly Operation[]): Operation[] {
  const told = new Set(live.map(({ id }) => id));
  const oldest = live.at(-1);
  // What is newer than the oldest one that is told, and is not told, is forgotten.
  return [...live, ...asked.filter((it) => !told.has(it.id) && (oldest === undefined || ageOf(it) < ageOf(oldest)))];
}

/** As the API has them in order: ids alone do not tell, since those of requests with a key hold no time. */
const ageOf = ({ requestedAt, id }: Operation) => `${requestedAt} ${id}`;

/** All that the API still has, which are some 200. The live ones are of the fleet's stream. */
export function useAllOperations() {
  const live = useFleet().data?.operations;
  const { data, error, refetch } = useQuery({ queryKey: ["operations"], queryFn: () => ask(api.GET("/api/v1/operations", { params: { query: { limit: 1000 } } })).then(({ operations }) => operations) });
  const all = useMemo(() => (live && data ? together(live, data) : undefined), [live, data]);
  return { all, error, refetch };
}

import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, ApiError, ask, newKey, read } from "../../api/client";
import { listQuery } from "../../api/queries";
import type { Patch } from "./entry-form";

/** A store with its entry, and the tag by which a change says that it means this one. */
export const storeQuery = (id: string) =>
  queryOptions({
    queryKey: ["store", id],
    async queryFn() {
      const { data, etag } = await read(api.GET("/api/v1/stores/{id}", { params: { path: { id } } }));
      return { ...data, etag };
    },
    staleTime: 0,
  });

export const domainsQuery = (id: string) =>
  queryOptions({
    queryKey: ["store", id, "domains"],
    queryFn: () => ask(api.GET("/api/v1/stores/{id}/domains", { params: { path: { id } } })).then(({ domains }) => domains),
    // DNS and certificates change without a word.
    refetchInterval: 60_000,
  });

export const eventsQuery = (id: string) =>
  queryOptions({
    queryKey: ["store", id, "events"],
    queryFn: () => ask(api.GET("/api/v1/stores/{id}/events", { params: { path: { id } } })).then(({ events }) => events.toReversed()),
    refetchInterval: 15_000,
  });

/** What the list would be with a change; nothing is written. */
export const trialQuery = (id: string, patch: Patch, listEtag: string | undefined) =>
  queryOptions({
    queryKey: ["store", id, "trial", JSON.stringify(patch), listEtag],
    queryFn: () => ask(api.PATCH("/api/v1/stores/{id}", { params: { path: { id }, query: { dryRun: "true" } }, body: patch })) as Promise<{ text: string }>,
    enabled: listEtag !== undefined, retry: false, staleTime: Infinity,
  });

export const isConflict = (error: unknown): boolean => error instanceof ApiError && error.code === "list-changed";

/** Changes the entry as it was read. What was read is read again, whatever comes of it. */
export function useChange(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ patch, etag }: { patch: Patch; etag: string }) =>
      ask(api.PATCH("/api/v1/stores/{id}", { params: { path: { id }, header: { "If-Match": etag, "Idempotency-Key": newKey() } }, body: patch })),
    onSettled: () => Promise.all([["store", id], listQuery.queryKey].map((queryKey) => client.invalidateQueries({ queryKey }))),
  });
}

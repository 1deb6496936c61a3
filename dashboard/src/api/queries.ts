import { queryOptions } from "@tanstack/react-query";
import { api, ask, read } from "./client";

/** The list's text, and the tag by which a change says that it means this one. */
export const listQuery = queryOptions({
  queryKey: ["list"],
  async queryFn() {
    const { data, etag = "" } = await read(api.GET("/api/v1/list", { parseAs: "text" }));
    return { text: data as string, etag };
  },
  staleTime: 0,
});

/** What the list says and the cluster has not got yet. */
export const pendingQuery = queryOptions({
  queryKey: ["pending"],
  queryFn: () => ask(api.GET("/api/v1/pending")).then(({ stores }) => stores),
  // The list may be edited by hand at any time.
  refetchInterval: 15_000,
});

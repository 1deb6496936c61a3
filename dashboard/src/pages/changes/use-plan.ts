import { useQuery } from "@tanstack/react-query";
import { api, ask } from "../../api/client";
import { isUnderWay } from "../../live/fleet";
import { useRecentOperation } from "../../live/fleet-query";

export const planKey = (id: string) => ["plan", id] as const;

/** A plan, and the operation that makes it, as it goes. @param id "" is none */
export function usePlan(id: string) {
  const told = useRecentOperation(id);
  const asked = useQuery({
    queryKey: [...planKey(id), "operation"],
    queryFn: () => ask(api.GET("/api/v1/operations/{id}", { params: { path: { id } } })),
    // It is told live, but for one that is older than the newest 50, or so new that nothing was told yet.
    enabled: id !== "" && told === undefined, refetchInterval: ({ state }) => (state.data && isUnderWay(state.data) ? 2_000 : false),
  });
  const operation = told ?? asked.data;
  const plan = useQuery({
    queryKey: planKey(id),
    queryFn: () => ask(api.GET("/api/v1/operations/{id}/plan", { params: { path: { id } } })).then(({ stores }) => stores),
    enabled: operation !== undefined && !isUnderWay(operation), staleTime: Infinity,
  });
  return { operation, stores: plan.data, error: asked.error ?? plan.error };
}

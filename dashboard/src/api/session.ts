import { queryOptions, useQuery, type QueryClient } from "@tanstack/react-query";
import { api, ApiError, ask } from "./client";
import type { Scope, Session } from "./types";

/** Who is signed in; null: nobody. */
export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: (): Promise<Session | null> =>
    ask(api.GET("/api/v1/session")).catch((error: unknown) => {
      if (isSignedOut(error)) return null;
      throw error;
    }),
  staleTime: 60_000,
});

export const isSignedOut = (error: unknown): boolean => error instanceof ApiError && error.code === "not-signed-in";

/** Other tabs hear of it. */
const doors = new BroadcastChannel("storefleet-session");

/** The token that the link of `stores serve` has behind its #, which no server ever sees. It is taken out of the address. */
export function tokenInAddress(): string | undefined {
  const token = new URLSearchParams(location.hash.slice(1)).get("token") ?? undefined;
  if (token !== undefined) history.replaceState(null, "", location.pathname + location.search);
  return token;
}

/** @throws ApiError where the token does not count */
export async function signIn(token: string, client?: QueryClient): Promise<void> {
  await ask(api.POST("/api/v1/session", { body: { token: token.trim() } }));
  doors.postMessage("changed");
  await client?.resetQueries();
}

export async function signOut(client: QueryClient): Promise<void> {
  await ask(api.DELETE("/api/v1/session"));
  doors.postMessage("changed");
  signedOut(client);
}

/** Nothing of what was seen stays. The session is told first: what is still on the page must not ask again for what is taken away. */
export function signedOut(client: QueryClient): void {
  client.setQueryData(sessionQuery.queryKey, null);
  client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== sessionQuery.queryKey[0] });
}

/** Somebody signed in or out in another tab. */
export const onOtherDoor = (tell: () => void): void => doors.addEventListener("message", tell);

/** Within what only those see who are signed in. */
export function useSession(): Session {
  const { data } = useQuery(sessionQuery);
  return data ?? { name: "", scopes: [], env: "", expiresAt: "" };
}

/** Whether this session may do such things: what it may not is not offered. */
export const useMay = (): ((scope: Scope) => boolean) => {
  const { scopes } = useSession();
  return (scope) => scopes.includes(scope);
};

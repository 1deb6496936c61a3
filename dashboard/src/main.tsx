import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { ApiError } from "./api/client";
import { isSignedOut, onOtherDoor, sessionQuery, signedOut, signIn, tokenInAddress } from "./api/session";
import { App } from "./app";
import { applyPreferences } from "./look/preferences";
import "./look/index.css";

applyPreferences();
const client: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError: (error) => isSignedOut(error) && signedOut(client) }),
  // The server may be on this machine, which then needs no network.
  defaultOptions: { mutations: { networkMode: "always" }, queries: { networkMode: "always", retry: (count, error) => count < 2 && error instanceof ApiError && error.problem.status === 503, retryDelay: 1_000 } },
});
onOtherDoor(() => void client.invalidateQueries({ queryKey: sessionQuery.queryKey }));

const token = tokenInAddress();
const entered = token === undefined ? undefined : await signIn(token).then(() => undefined, (error: unknown) => error);

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <App refused={entered} />
    </QueryClientProvider>
  </StrictMode>,
);

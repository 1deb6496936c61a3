import { lazy, Suspense, useEffect, type ReactNode } from "react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Route, Switch, useLocation } from "wouter";
import { sessionQuery } from "./api/session";
import { goLive } from "./live/live";
import { Fleet } from "./pages/fleet/fleet";
import { SignIn } from "./pages/sign-in";
import { Boundary } from "./parts/boundary";
import { ProblemNote } from "./parts/problem-note";
import { Empty, Skeleton } from "./parts/states";
import { Shell } from "./shell";

const Store = lazy(() => import("./pages/store/store"));
const Changes = lazy(() => import("./pages/changes"));
const Operations = lazy(() => import("./pages/operations/operations"));
const Operation = lazy(() => import("./pages/operations/operation"));
const Audit = lazy(() => import("./pages/audit"));

/** @param refused why the token in the address did not count */
export function App({ refused }: { refused?: unknown }) {
  const { data: session, error, refetch } = useQuery(sessionQuery);
  if (session === null) return <SignIn refused={refused} />;
  if (error && !session) return <main><ProblemNote error={error} onRetry={() => void refetch()} /></main>;
  if (!session) return null;
  return <Live><Shell><Pages /></Shell></Live>;
}

function Pages() {
  const [path] = useLocation();
  return (
    <Boundary key={path}>
      <Suspense fallback={<Skeleton />}>
        <Switch>
          <Route path="/"><Fleet /></Route>
          <Route path="/stores/:name">{({ name }) => <Store name={name} />}</Route>
          <Route path="/changes"><Changes /></Route>
          <Route path="/operations"><Operations /></Route>
          <Route path="/operations/:id">{({ id }) => <Operation id={id} />}</Route>
          <Route path="/audit"><Audit /></Route>
          <Route><Empty title="There is no such page" /></Route>
        </Switch>
      </Suspense>
    </Boundary>
  );
}

function Live({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  useEffect(() => goLive(client), [client]);
  return children;
}

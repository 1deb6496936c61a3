import { useEffect } from "react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "wouter";
import { pendingQuery } from "../../api/queries";
import { useMay } from "../../api/session";
import { isUnderWay, lastChanges } from "../../live/fleet";
import { useFleet } from "../../live/fleet-query";
import { PageHead } from "../../parts/page-head";
import { ProblemNote } from "../../parts/problem-note";
import { Bar, Empty, Skeleton } from "../../parts/states";
import { Actions } from "./actions";
import { Credentials } from "./credentials";
import { Domains } from "./domains";
import { Entry } from "./entry";
import { Events } from "./events";
import { History } from "./history";
import { Logs } from "./logs";
import { Overview } from "./overview";

export default function StorePage({ name }: { name: string }) {
  const { data: fleet, error, refetch } = useFleet();
  const client = useQueryClient();
  const may = useMay();
  const pending = useQuery(pendingQuery).data?.find((it) => it.name === name);
  const store = fleet?.stores.find(({ id }) => id === name);
  const last = fleet && lastChanges(fleet.operations).get(name);
  // What is not told live is read again once something was done to it.
  const state = `${store?.phase} ${last?.id} ${last?.state}`;
  useEffect(() => {
    void client.invalidateQueries({ queryKey: ["store", name], predicate: ({ queryKey }) => queryKey[2] !== "trial" });
  }, [client, name, state]);

  if (!fleet) return error ? <ProblemNote error={error} onRetry={() => void refetch()} /> : <Skeleton rows={10} />;
  if (!store) {
    return (
      <>
        <PageHead title={name} />
        <Empty title="There is no such store">
          <p>It is neither in the list nor in the cluster.{last && <> The last that was done to it: <Link href={`/operations/${last.id}`}>{last.kind}, {last.state}</Link>.</>}</p>
          <Link href="/">To the fleet</Link>
        </Empty>
      </>
    );
  }
  // Others of the same operation may take longer.
  const part = last?.stores[name];
  const underWay = last && isUnderWay(last) && (!part || part.result === "waiting" || part.result === "working") ? last : undefined;
  const exists = store.createdAt !== null;
  return (
    <>
      <PageHead title={name} />
      {underWay && <Bar kind="note" end={<Link href={`/operations/${underWay.id}`}>See operation</Link>}><b>{part?.action ?? underWay.kind}</b> {part?.step ?? part?.result ?? underWay.state}</Bar>}
      {pending && <Bar kind="note" end={<Link href="/changes">See changes</Link>}><b>It is not as listed:</b> {pending.action}</Bar>}
      <Actions store={store} />
      <div className="store">
        <div>
          <Overview store={store} step={underWay && part?.step} />
          <Domains store={store} />
          <Entry store={store} />
        </div>
        <div>
          {exists && may("credentials") && <Credentials name={name} />}
          <History name={name} />
          {exists && <Events name={name} />}
        </div>
      </div>
      {exists && <Logs name={name} />}
    </>
  );
}

import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { api, ApiError, ask } from "../../api/client";
import { useMay } from "../../api/session";
import type { Operation } from "../../api/types";
import { useRecentOperation } from "../../live/fleet-query";
import { progressOf, tookOf, whatOf, whoOf } from "../../parts/operation-words";
import { Button } from "../../parts/button";
import { PageHead } from "../../parts/page-head";
import { ProblemNote } from "../../parts/problem-note";
import { Empty, Skeleton } from "../../parts/states";
import { Ago, exact, span, useNow } from "../../parts/time";

/** One operation, live: each store's part, and errors as they were. */
export default function OperationPage({ id }: { id: string }) {
  const told = useRecentOperation(id);
  // One of the newest is told live; an older one does not change any more.
  const asked = useQuery({ queryKey: ["operation", id], queryFn: () => ask(api.GET("/api/v1/operations/{id}", { params: { path: { id } } })), enabled: told === undefined });
  const it = told ?? asked.data;
  if (it) return <Shown it={it} />;
  if (!asked.error) return <Skeleton rows={8} />;
  if (asked.error instanceof ApiError && asked.error.code === "not-found") return <><PageHead title={id} /><Empty title="There is no such operation"><p>Of those that ended the newest 200 are kept; the audit trail has them all.</p><Link href="/operations">To the operations</Link></Empty></>;
  return <><PageHead title={id} /><ProblemNote error={asked.error} onRetry={() => void asked.refetch()} /></>;
}

function Shown({ it }: { it: Operation }) {
  const now = useNow(1_000);
  const may = useMay();
  const cancelling = useMutation({ mutationFn: () => ask(api.POST("/api/v1/operations/{id}/cancel", { params: { path: { id: it.id } } })) });
  const took = tookOf(it, now);
  const parts = Object.entries(it.stores);
  return (
    <>
      <PageHead title={whatOf(it)} beside={<code>{it.id}</code>}>
        {may("write") && it.state === "running" && <Button isDisabled={cancelling.isPending || cancelling.isSuccess} onPress={() => cancelling.mutate()}>Cancel operation</Button>}
      </PageHead>
      {cancelling.error && <ProblemNote error={cancelling.error} />}
      <section className="part" aria-label="Overview">
        <dl className="facts">
          <dt>State</dt>
          <dd aria-live="polite"><b>{it.state}</b>{progressOf(it) && <span className="quiet"> · {progressOf(it)}</span>}{it.state === "stopping" && <p className="small quiet">What is under way is cancelled cleanly; no further store is begun.</p>}</dd>
          <dt>Asked for</dt>
          <dd className="whole"><Ago iso={it.requestedAt} now={now} suffix=" ago" /> <span className="quiet">{exact(it.requestedAt)} · {whoOf(it)}</span></dd>
          {took !== undefined && <><dt>Took</dt><dd>{span(took)}{it.deadline && !it.endedAt && <span className="quiet"> · gives up at {exact(it.deadline)}</span>}</dd></>}
          {it.plan && <><dt>Plan</dt><dd><Link href={`/operations/${it.plan}`}>{it.plan}</Link></dd></>}
          {it.commit && <><dt>List</dt><dd className="whole"><code>{it.commit}</code></dd></>}
        </dl>
        {it.error && <ErrorText of="the operation" text={it.error} />}
      </section>
      {parts.length === 0 ? <p className="small quiet part">{it.endedAt ? "No store had a part in it." : "Nobody knows yet what there is to do."}</p> : (
        <section className="part" aria-labelledby="stores-of-it">
          <h2 id="stores-of-it">Stores</h2>
          <ul className="lines">
            {parts.map(([name, { action, result, step, seconds, error, repairs = [] }]) => (
              <li key={name} data-id={name}>
                <div className="whole part-of">
                  <p><Link href={`/stores/${name}`}>{name}</Link> {action} <b>{result === "failed" && <span aria-hidden="true">▲ </span>}{result}</b>{step && ` · ${step}`}{seconds !== undefined && <span className="quiet"> in {span(seconds)}</span>}</p>
                  {repairs.map((repair) => <p key={repair} className="small quiet">Repaired: {repair}</p>)}
                  {error && <ErrorText of={name} text={error} />}
                </div>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

/** An error as it was, all of it. */
function ErrorText({ of, text }: { of: string; text: string }) {
  const copying = useMutation({ mutationFn: () => navigator.clipboard.writeText(text) });
  return (
    <div className="error-text">
      <pre className="log wraps" tabIndex={0} role="region" aria-label={`Error of ${of}`}>{text}</pre>
      <div className="acts">
        <Button kind="bare" aria-label={`Copy the error of ${of}`} onPress={() => copying.mutate()}>Copy</Button>
        <span className="small quiet" role="status">{copying.isSuccess && "Copied."}{copying.isError && "The browser does not let it be copied."}</span>
      </div>
    </div>
  );
}

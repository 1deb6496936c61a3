import { Link } from "wouter";
import { useAllOperations } from "../../live/all-operations";
import { storesOf, whoOf } from "../../parts/operation-words";
import { ProblemNote } from "../../parts/problem-note";
import { Skeleton } from "../../parts/states";
import { Ago, span, useNow } from "../../parts/time";
import { Section } from "./section";

/** What was done to a store, newest first. */
export function History({ name }: { name: string }) {
  const { all, error, refetch } = useAllOperations();
  const now = useNow(15_000);
  const its = all?.filter((it) => storesOf(it).includes(name));
  return (
    <Section title="History">
      {!its ? error ? <ProblemNote error={error} onRetry={() => void refetch()} /> : <Skeleton rows={3} /> : its.length === 0 ? <p className="small quiet">Nothing of what is still recorded was done to it.</p> : (
        <ul className="lines tall" tabIndex={0} aria-label="History, newest first">
          {its.map((it) => {
            const part = it.stores[name];
            return (
              <li key={it.id}>
                <div className="whole small">
                  <p><Link href={`/operations/${it.id}`}>{part?.action ?? it.kind}</Link> <b>{part?.result ?? it.state}</b>{part?.seconds !== undefined && ` in ${span(part.seconds)}`} <span className="quiet"><Ago iso={it.requestedAt} now={now} suffix=" ago" /> · {whoOf(it)}</span></p>
                  {(part?.error ?? it.error) && <p className="wrong">{part?.error ?? it.error}</p>}
                </div>
              </li>
            );
          })}
        </ul>
      )}
    </Section>
  );
}

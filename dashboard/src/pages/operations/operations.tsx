import { Link } from "wouter";
import { useAllOperations } from "../../live/all-operations";
import { progressOf, storesOf, tookOf, whatOf, whoOf } from "../../parts/operation-words";
import { PageHead } from "../../parts/page-head";
import { ProblemNote } from "../../parts/problem-note";
import { Empty, Skeleton } from "../../parts/states";
import { Ago, span, useNow } from "../../parts/time";
import { isUnderWay } from "../../live/fleet";

/** What was done to the fleet and what is under way, newest first. */
export default function Operations() {
  const { all, error, refetch } = useAllOperations();
  const now = useNow(5_000);
  return (
    <>
      <PageHead title="Operations" />
      {!all ? error ? <ProblemNote error={error} onRetry={() => void refetch()} /> : <Skeleton rows={12} /> : all.length === 0 ? (
        <Empty title="Nothing was done yet"><p>Each change of a store is recorded here, whoever asks for it: this page, the API or the command.</p></Empty>
      ) : (
        <table className="ledger">
          <thead><tr><th scope="col">What</th><th scope="col">State</th><th scope="col">Who</th><th scope="col">Stores</th><th scope="col">Took</th><th scope="col">When</th></tr></thead>
          <tbody>
            {all.map((it) => {
              const took = tookOf(it, now);
              const stores = storesOf(it);
              return (
                <tr key={it.id} data-id={it.id}>
                  <th scope="row"><Link href={`/operations/${it.id}`}>{whatOf(it)}</Link></th>
                  <td>{it.state === "failed" && <span aria-hidden="true">▲ </span>}{it.state}{isUnderWay(it) && progressOf(it) && <span className="quiet"> · {progressOf(it)}</span>}</td>
                  <td className="whole">{whoOf(it)}</td>
                  <td className="whole">{stores.slice(0, 3).join(", ")}{stores.length > 3 && ` and ${stores.length - 3} more`}</td>
                  <td>{took !== undefined && span(took)}</td>
                  <td><Ago iso={it.requestedAt} now={now} suffix=" ago" /></td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
    </>
  );
}

import { useQuery } from "@tanstack/react-query";
import { ProblemNote } from "../../parts/problem-note";
import { Skeleton } from "../../parts/states";
import { Ago, useNow } from "../../parts/time";
import { eventsQuery } from "./queries";
import { Section } from "./section";

/** What the cluster said about a store lately, newest first. */
export function Events({ name }: { name: string }) {
  const { data, error, refetch } = useQuery(eventsQuery(name));
  const now = useNow(15_000);
  return (
    <Section title="Events">
      {!data ? error ? <ProblemNote error={error} onRetry={() => void refetch()} /> : <Skeleton rows={3} /> : data.length === 0 ? <p className="small quiet">The cluster said nothing about it in the last hour.</p> : (
        <ul className="lines tall" tabIndex={0} aria-label="Events, newest first">
          {data.map(({ time, type, object, reason, message, count }) => (
            <li key={`${time} ${object} ${reason} ${message}`}>
              <div className="whole small">
                <p><b>{type === "Warning" && <span aria-hidden="true">▲ </span>}{reason}</b>{type === "Warning" && <span className="aloud"> (warning)</span>} <code>{object}</code>{count > 1 && <> {count} times</>} <span className="quiet"><Ago iso={time} now={now} suffix=" ago" /></span></p>
                <p>{message}</p>
              </div>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

import { useInfiniteQuery } from "@tanstack/react-query";
import { useSearchParams } from "wouter";
import { api, ask } from "../api/client";
import { useMay } from "../api/session";
import { Button } from "../parts/button";
import { PageHead } from "../parts/page-head";
import { ProblemNote } from "../parts/problem-note";
import { Bar, Empty, Skeleton } from "../parts/states";
import { AuditRow } from "./audit/audit-row";
import { AuditSieve } from "./audit/audit-sieve";
import { jsonLines, sieveIn } from "./audit/trail";
import "../look/audit.css";

export default function Audit() {
  if (useMay()("audit")) return <Trail />;
  return <><PageHead title="Audit" /><Empty title="This session may not read the audit trail"><p className="small quiet">That takes a token with the scope <code>audit</code>.</p></Empty></>;
}

/** Who did what, newest first. The address keeps what of it is shown. */
function Trail() {
  const [asked, setAsked] = useSearchParams();
  const sieve = sieveIn(asked);
  const filtered = Object.keys(sieve).length > 0;
  const trail = useInfiniteQuery({
    queryKey: ["audit", sieve],
    queryFn: ({ pageParam }) => ask(api.GET("/api/v1/audit-events", { params: { query: { ...sieve, ...(pageParam !== "" && { cursor: pageParam }) } } })),
    initialPageParam: "",
    getNextPageParam: ({ next }) => next ?? undefined,
    // Who reads on is left in peace.
    refetchInterval: ({ state }) => (state.data?.pages.length === 1 ? 15_000 : false),
  });
  const entries = trail.data?.pages.flatMap((it) => it.entries) ?? [];
  const newest = trail.data?.pages[0];
  const set = (key: string, value: string) =>
    setAsked((params) => {
      if (value) params.set(key, value);
      else params.delete(key);
      return params;
    }, { replace: true });
  return (
    <div className="audit">
      <PageHead title="Audit">
        {entries.length > 0 && <Button onPress={() => keep(jsonLines(entries))}>Export {entries.length} as JSON lines</Button>}
      </PageHead>
      {newest?.broken && <Bar kind="bad"><b>The trail is not whole.</b> Entry {newest.broken.seq}: {newest.broken.reason}. What comes after it proves nothing.</Bar>}
      <AuditSieve asked={asked} onAsk={set} />
      {trail.error && <ProblemNote error={trail.error} onRetry={() => void trail.refetch()} />}
      {!newest ? !trail.error && <Skeleton rows={10} /> : entries.length === 0 ? (
        <Empty title={filtered ? "Nothing in the trail is like that" : "Nothing was recorded yet"} />
      ) : (
        <>
          <ul className="ledger" aria-label="Entries">{entries.map((it) => <AuditRow key={it.seq} entry={it} />)}</ul>
          {trail.hasNextPage && <p className="more"><Button isDisabled={trail.isFetchingNextPage} onPress={() => void trail.fetchNextPage()}>Show older ones</Button></p>}
        </>
      )}
      {newest && !newest.broken && newest.head.seq > 0 && <p className="head-hash small quiet">The trail is whole. Its last entry is {newest.head.seq}, <code>{newest.head.hash}</code>: kept elsewhere, <code>stores audit --verify --anchor</code> proves by it that nothing was taken away.</p>}
    </div>
  );
}

/** Hands a file to who is at the browser. */
function keep(text: string): void {
  const href = URL.createObjectURL(new Blob([text], { type: "application/jsonl" }));
  Object.assign(document.createElement("a"), { href, download: "audit.jsonl" }).click();
  setTimeout(() => URL.revokeObjectURL(href), 10_000);
}

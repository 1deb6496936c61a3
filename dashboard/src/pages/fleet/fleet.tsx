import { lazy, Suspense, useDeferredValue, useEffect, useMemo, useRef, useState } from "react";
import { Input, SearchField } from "react-aria-components";
import { useSearchParams } from "wouter";
import { useMay } from "../../api/session";
import { useFleet } from "../../live/fleet-query";
import { Button } from "../../parts/button";
import { PageHead } from "../../parts/page-head";
import { phases, type Phase } from "../../parts/phase";
import { ProblemNote } from "../../parts/problem-note";
import { Empty, Skeleton } from "../../parts/states";
import { useKeys } from "../../parts/use-keys";
import { useSettled } from "../../parts/use-settled";
import { Bulk } from "./bulk";
import { Notices } from "./notices";
import { countsOf, rowsOf, sieved, type Row, type Sieve } from "./rows";
import { Counts } from "./counts";
import { FleetTable } from "./table";

const NewStore = lazy(() => import("../new-store/new-store"));
const noRows: ReadonlyMap<string, Row> = new Map();

export function Fleet() {
  const { data: fleet, error, refetch } = useFleet();
  const [asked, setAsked] = useSearchParams();
  const [q, setQ] = useState(asked.get("q") ?? "");
  const [creates, setCreates] = useState(false);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const search = useRef<HTMLInputElement>(null);
  const before = useRef(noRows);
  const may = useMay();

  const phase = phases.find((it) => it === asked.get("phase"));
  const engine = asked.get("engine") ?? undefined;
  const set = (key: "phase" | "engine" | "q", value: string | undefined) =>
    setAsked((params) => {
      if (value) params.set(key, value);
      else params.delete(key);
      return params;
    }, { replace: true });
  const clear = () => (setQ(""), setAsked(new URLSearchParams(), { replace: true }));
  const settled = useSettled(q, 300);
  useEffect(() => {
    if ((asked.get("q") ?? "") !== settled) set("q", settled);
    // Not when the address changes: that is then another one's doing.
  }, [settled]);

  const rows = useMemo(() => {
    const made = fleet ? rowsOf(fleet.stores, fleet.operations, before.current) : [];
    before.current = new Map(made.map((row) => [row.id, row]));
    return made;
  }, [fleet]);
  const deferred = useDeferredValue(q);
  const sieve: Sieve = useMemo(() => ({ phase, engine, q: deferred }), [phase, engine, deferred]);
  const shown = useMemo(() => sieved(rows, sieve), [rows, sieve]);
  const counts = useMemo(() => countsOf(sieved(rows, sieve, "phase")), [rows, sieve]);
  const engines = useMemo(() => [...new Set(rows.map(({ store }) => store.engine))].filter(Boolean).sort(), [rows]);
  useKeys({ "/": () => search.current?.focus(), ...(may("write") && { c: () => setCreates(true) }) });

  if (!fleet) return error ? <ProblemNote error={error} onRetry={() => void refetch()} /> : <Skeleton rows={12} />;
  return (
    <>
      <PageHead title="Fleet" beside={fleet.health.simulated && "simulated pods: nothing here serves a page"}>
        {may("write") && <Button kind="main" onPress={() => setCreates(true)}>New store <kbd>c</kbd></Button>}
      </PageHead>
      <Notices health={fleet.health} />
      {fleet.stores.length === 0 ? (
        <Empty title="There is no store yet">
          <p>Each store is an entry of the list. One like this is enough:</p>
          <pre>{"stores:\n  - name: acme\n    engine: woocommerce"}</pre>
          {may("write") && <Button kind="main" onPress={() => setCreates(true)}>New store</Button>}
        </Empty>
      ) : (
        <>
          <div className="sieve" role="search" aria-label="Stores">
            <Counts counts={counts} all={sieved(rows, sieve, "phase").length} phase={phase} onChoose={(it?: Phase) => set("phase", it)} />
            <SearchField className="search" aria-label="Search" value={q} onChange={setQ}>
              <Input ref={search} placeholder="Search" />
              <kbd aria-hidden="true">/</kbd>
            </SearchField>
            {engines.length > 1 && (
              <select className="button" aria-label="Engine" value={engine ?? ""} onChange={({ target }) => set("engine", target.value)}>
                <option value="">Every engine</option>
                {engines.map((it) => <option key={it}>{it}</option>)}
              </select>
            )}
          </div>
          {shown.length === 0 ? <Empty title="No store is like that"><Button onPress={clear}>Show all</Button></Empty> : <FleetTable rows={shown} chosen={chosen} onChoose={setChosen} />}
          <Bulk rows={rows.filter(({ id }) => chosen.has(id))} onNone={() => setChosen(new Set())} />
        </>
      )}
      {creates && <Suspense><NewStore onClose={() => setCreates(false)} /></Suspense>}
    </>
  );
}

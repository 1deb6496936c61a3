import { memo, useCallback, useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent } from "react";
import { defaultRangeExtractor, useWindowVirtualizer } from "@tanstack/react-virtual";
import { useTable, type SortingState } from "@tanstack/react-table";
import { useLocation } from "wouter";
import { usePreferences } from "../../look/preferences";
import { useNow } from "../../parts/time";
import { useKeys } from "../../parts/use-keys";
import { useNarrow } from "../../parts/use-narrow";
import { columns, features } from "./columns";
import { FleetRow } from "./fleet-row";
import type { Row } from "./rows";

const inOrder = { none: "none", asc: "ascending", desc: "descending" } as const;
const arrows = { none: "", asc: " ↑", desc: " ↓" };

interface Shown {
  rows: Row[];
  chosen: ReadonlySet<string>;
  onChoose(chosen: ReadonlySet<string>): void;
}

/** The stores, of which only those in sight are in the page. One row can be reached by Tab, the others from there. */
export const FleetTable = memo(function FleetTable({ rows, chosen, onChoose }: Shown) {
  const [sorting, setSorting] = useState<SortingState>([]);
  const table = useTable({ features, columns, data: rows, getRowId: ({ id }) => id, state: { sorting }, onSortingChange: setSorting });
  const sorted = table.getRowModel().rows;
  const [current, setCurrent] = useState<string>();
  const at = sorted.findIndex(({ id }) => id === current);
  const now = useNow(30_000);
  const [, go] = useLocation();
  const body = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const narrow = useNarrow();
  const compact = usePreferences().rows === "compact";
  const height = narrow ? 64 : compact ? 36 : 44;

  // What stands above the table comes and goes.
  useLayoutEffect(() => setTop((body.current?.getBoundingClientRect().top ?? 0) + scrollY));
  const virtual = useWindowVirtualizer({
    count: sorted.length, estimateSize: () => height, overscan: 6, scrollMargin: top, scrollPaddingStart: 40, getItemKey: (index) => sorted[index]!.id,
    // Whoever has the focus stays, however far it is scrolled.
    rangeExtractor: (range) => [...new Set([...defaultRangeExtractor(range), ...(at >= 0 ? [at] : [])])].sort((a, b) => a - b),
  });
  useEffect(() => virtual.measure(), [height, virtual]);

  const focusing = useRef(false);
  useLayoutEffect(() => {
    if (!focusing.current || at < 0) return;
    focusing.current = false;
    body.current?.querySelector<HTMLElement>("[tabindex='0'][role=row]")?.focus({ preventScroll: true });
  });
  const move = (to: number) => {
    const index = Math.max(0, Math.min(to, sorted.length - 1));
    focusing.current = true;
    setCurrent(sorted[index]?.id);
    virtual.scrollToIndex(index);
  };
  const latest = useRef(chosen);
  latest.current = chosen;
  const pick = useCallback((id: string) => {
    const others = new Set(latest.current);
    if (!others.delete(id)) others.add(id);
    onChoose(others);
  }, [onChoose]);
  const allChosen = rows.every(({ id }) => chosen.has(id));
  const someChosen = rows.some(({ id }) => chosen.has(id));

  const onKeyDown = (event: KeyboardEvent) => {
    const open = event.key === "Enter" && (event.target as HTMLElement).role === "row" && current !== undefined ? () => go(`/stores/${current}`) : undefined;
    const command = { ArrowDown: () => move(at + 1), ArrowUp: () => move(at - 1), Home: () => move(0), End: () => move(sorted.length - 1), Enter: open }[event.key];
    if (!command) return;
    event.preventDefault();
    command();
  };
  useKeys({ j: () => move(at + 1), k: () => move(at - 1), x: () => current !== undefined && pick(current), Escape: () => onChoose(new Set()) });

  return (
    <div className="grid" role="grid" aria-label="Stores" aria-rowcount={sorted.length + 1} aria-multiselectable="true" onKeyDown={onKeyDown}>
      <div role="rowgroup">
        <div className="headline" role="row" aria-rowindex={1}>
          <div role="columnheader" className="pick">
            <input type="checkbox" aria-label="All of these" checked={allChosen} ref={(it) => { if (it) it.indeterminate = someChosen && !allChosen; }} onChange={() => onChoose(new Set(allChosen ? [] : rows.map(({ id }) => id)))} />
          </div>
          {table.getHeaderGroups()[0]!.headers.map(({ column }) => {
            const order = column.getIsSorted() || "none";
            return (
              <div key={column.id} role="columnheader" aria-sort={inOrder[order]} data-column={column.id}>
                <button type="button" onClick={column.getToggleSortingHandler()}>{column.columnDef.header as string}{arrows[order]}</button>
              </div>
            );
          })}
        </div>
      </div>
      <div className="body" role="rowgroup" ref={body} style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const { id, original } = sorted[index]!;
          return <FleetRow key={id} row={original} index={index} start={start - top} now={now} chosen={chosen.has(id)} reached={current === undefined || at < 0 ? index === 0 : id === current} onPick={pick} onReach={setCurrent} />;
        })}
      </div>
    </div>
  );
});

import { memo } from "react";
import { Link } from "wouter";
import { phaseNames } from "../../parts/phase";
import { PhaseChip } from "../../parts/phase-chip";
import { Ago } from "../../parts/time";
import type { Row } from "./rows";

interface Shown {
  row: Row;
  index: number;
  start: number;
  now: number;
  chosen: boolean;
  /** Whether Tab leads to it. */
  reached: boolean;
  onPick(id: string): void;
  onReach(id: string): void;
}

const host = (url: string) => url.replace(/^https?:\/\//, "");

/** A store. Drawn again only when something about it is another. */
export const FleetRow = memo(function FleetRow({ row: { id, store, phase, step, change }, index, start, now, chosen, reached, onPick, onReach }: Shown) {
  const tab = reached ? 0 : -1;
  const side = [store.engine, store.plan, store.createdAt ? undefined : "not created"].filter(Boolean).join(" · ");
  return (
    <div role="row" aria-rowindex={index + 2} aria-selected={chosen} aria-label={`${id}, ${phaseNames[phase]}`} tabIndex={tab} data-id={id} style={{ transform: `translateY(${start}px)` }} onFocus={() => onReach(id)}>
      <div role="gridcell" className="pick"><label><input type="checkbox" aria-label={`Select ${id}`} tabIndex={tab} checked={chosen} onChange={() => onPick(id)} /></label></div>
      <div role="gridcell" data-column="name" className="cut"><Link className="name" href={`/stores/${id}`} tabIndex={tab}>{id}</Link></div>
      <div role="gridcell" data-column="phase"><PhaseChip phase={phase}>{step}</PhaseChip></div>
      <div role="gridcell" data-column="engine" className="cut">{store.engine}</div>
      <div role="gridcell" data-column="plan">{store.plan}</div>
      <div role="gridcell" data-column="url" className="cut">
        {store.createdAt && store.url ? <a className="host" href={store.url} target="_blank" rel="noopener noreferrer" tabIndex={tab}>{host(store.url)}</a> : <span className="quiet">{host(store.url)}</span>}
      </div>
      <div role="gridcell" data-column="age">{store.createdAt && <Ago iso={store.createdAt} now={now} />}</div>
      <div role="gridcell" data-column="changed" className="cut">{change && <Link className="host" href={`/operations/${change.id}`} tabIndex={tab}>{change.kind} <Ago iso={change.at} now={now} suffix=" ago" /></Link>}</div>
      <div role="gridcell" data-column="reason" className="cut" title={store.reason ?? undefined}>{store.reason}</div>
      <div role="gridcell" className="side cut">{store.reason ?? side}</div>
    </div>
  );
});

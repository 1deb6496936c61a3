import { memo, useState } from "react";
import { Link } from "wouter";
import type { AuditEntry } from "../../api/types";
import { exact } from "../../parts/time";
import { detailsOf, whoOf } from "./trail";

const bad: Partial<Record<AuditEntry["outcome"], true>> = { failed: true, denied: true, interrupted: true, abandoned: true };

/** Who did what, when, and how it ended; all else when it is opened. */
export const AuditRow = memo(function AuditRow({ entry }: { entry: AuditEntry }) {
  const { time, action, store, outcome, reason, operation } = entry;
  const [open, setOpen] = useState(false);
  return (
    <li>
      <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
        <summary>
          <span className="line">
            <time dateTime={time}>{exact(time)}</time>
            <span className="who">{whoOf(entry)}</span>
            <code>{action}</code>
            <b>{store}</b>
            <span className="outcome">{bad[outcome] && <i aria-hidden="true">! </i>}{outcome}</span>
            <span className="why">{reason}</span>
          </span>
        </summary>
        {open && (
          <dl className="values">
            {operation !== undefined && <div><dt>operation</dt><dd><Link href={`/operations/${operation}`}>{operation}</Link></dd></div>}
            {detailsOf(entry).map(([name, value]) => <div key={name}><dt>{name}</dt><dd className="mono">{value}</dd></div>)}
          </dl>
        )}
      </details>
    </li>
  );
});

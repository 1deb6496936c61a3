import type { CSSProperties, ReactNode } from "react";

/** Where rows will be. It is not seen by who waits less than 300 ms. */
export const Skeleton = ({ rows = 8 }: { rows?: number }) => (
  <div className="skeleton" role="status">
    <span className="aloud">Loading</span>
    {Array.from({ length: rows }, (_, at) => <i key={at} style={{ "--w": `${70 - ((at * 17) % 35)}%` } as CSSProperties} />)}
  </div>
);

/** @param kind bad: something does not work. warn: what is shown may be wrong. note: something is to be done. */
export const Bar = ({ kind, children, end }: { kind: "bad" | "warn" | "note"; children: ReactNode; end?: ReactNode }) => (
  <div className={`bar ${kind}`} role="status"><span>{children}</span>{end && <span className="end">{end}</span>}</div>
);

export const Empty = ({ title, children }: { title: string; children?: ReactNode }) => (
  <div className="empty"><h2>{title}</h2>{children}</div>
);

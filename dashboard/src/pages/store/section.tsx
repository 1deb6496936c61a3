import { useId, type ReactNode } from "react";

/** A part of the page. @param end what can be done with it */
export function Section({ title, end, children }: { title: string; end?: ReactNode; children: ReactNode }) {
  const id = useId();
  return (
    <section className="part" aria-labelledby={id}>
      <div className="part-head"><h2 id={id}>{title}</h2>{end && <div className="end">{end}</div>}</div>
      {children}
    </section>
  );
}

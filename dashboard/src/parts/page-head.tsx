import { useEffect, type ReactNode } from "react";

/** What a page is, on top of it and in the browser's tab. @param children what can be done with all of it */
export function PageHead({ title, beside, children }: { title: string; beside?: ReactNode; children?: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · Storefleet`;
  }, [title]);
  return (
    <div className="head">
      <h1>{title}</h1>
      {beside && <span className="small quiet">{beside}</span>}
      {children && <div className="end">{children}</div>}
    </div>
  );
}

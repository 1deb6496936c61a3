import { useEffect, useRef, useState, type ReactNode } from "react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useLocation } from "wouter";
import { pendingQuery } from "./api/queries";
import { signOut, useMay, useSession } from "./api/session";
import { isUnderWay } from "./live/fleet";
import { useFleet } from "./live/fleet-query";
import { Help } from "./pages/help";
import { Button } from "./parts/button";
import { LinkBar } from "./parts/link-bar";
import { Mark } from "./parts/mark";
import { useKeys } from "./parts/use-keys";

/** The rail, and the page beside it. */
export function Shell({ children }: { children: ReactNode }) {
  const [path, go] = useLocation();
  const [helps, setHelps] = useState(false);
  const page = useRef<HTMLElement>(null);
  const client = useQueryClient();
  const shown = useRef(path);
  useEffect(() => {
    if (shown.current === path) return;
    shown.current = path;
    page.current?.focus();
  }, [path]);
  const may = useMay();
  const { name, env } = useSession();
  const pending = useQuery(pendingQuery).data?.length ?? 0;
  const underWay = useFleet().data?.operations.filter(isUnderWay).length ?? 0;
  useKeys({ "g f": () => go("/"), "g c": () => go("/changes"), "g o": () => go("/operations"), "g a": () => go("/audit"), "?": () => setHelps(true) });

  const pages: [path: string, name: string, count?: number][] = [["/", "Fleet"], ["/changes", "Changes", pending], ["/operations", "Operations", underWay], ...(may("audit") ? [["/audit", "Audit"] as [string, string]] : [])];
  const isCurrent = (its: string) => (its === "/" ? path === "/" || path.startsWith("/stores/") : path === its || path.startsWith(`${its}/`));
  return (
    <div className="shell">
      <a className="aloud" href="#page" onClick={(event) => (event.preventDefault(), page.current?.focus())}>To the page</a>
      <header className="rail">
        <Mark env={env} />
        <nav aria-label="Pages">
          <ul>
            {pages.map(([its, title, count = 0]) => (
              <li key={its}><Link href={its} aria-current={isCurrent(its) ? "page" : undefined}>{title}{count > 0 && <span className="count">{count}</span>}</Link></li>
            ))}
          </ul>
        </nav>
        <div className="foot">
          <p className="who small quiet cut" title={name}>{name}{!may("write") && " · read only"}</p>
          <Button kind="bare" onPress={() => setHelps(true)} aria-label="Help and appearance">Help <kbd>?</kbd></Button>
          <Button kind="bare" onPress={() => void signOut(client)}>Sign out</Button>
        </div>
      </header>
      <main ref={page} id="page" tabIndex={-1}>
        <LinkBar />
        {children}
      </main>
      {helps && <Help onClose={() => setHelps(false)} />}
    </div>
  );
}

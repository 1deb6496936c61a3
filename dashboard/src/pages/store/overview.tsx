import type { Store } from "../../api/types";
import { phaseOf } from "../../parts/phase";
import { PhaseChip } from "../../parts/phase-chip";
import { Ago, exact, span, useNow } from "../../parts/time";
import { advice } from "./advice";

/** What a store is, and how it is. @param step what is done with it just now */
export function Overview({ store, step }: { store: Store; step?: string }) {
  const now = useNow(30_000);
  const phase = phaseOf(store);
  const own = store.certificates[0];
  return (
    <section className="part" aria-label="Overview">
      <dl className="facts">
        <dt>Phase</dt>
        <dd aria-live="polite"><PhaseChip phase={phase}>{step}</PhaseChip></dd>
        {(store.reason ?? advice[phase]) && <><dt>{store.reason ? "Reason" : "Next"}</dt><dd>{store.reason && <p className="whole">{store.reason}</p>}{advice[phase] && <p className="small quiet">{advice[phase]}</p>}</dd></>}
        <dt>Address</dt>
        <dd className="whole">{store.createdAt && store.url ? <a href={store.url} target="_blank" rel="noopener noreferrer">{store.url}</a> : <span className="quiet">{store.url}</span>}</dd>
        {store.certificates.length > 0 && (
          <>
            <dt>Certificate</dt>
            <dd>{own?.notAfter && <>until <time dateTime={own.notAfter}>{exact(own.notAfter)}</time></>}{store.certificates.filter(({ reason }) => reason).map(({ host, reason }) => <p key={host} className="whole"><code>{host}</code> {reason}</p>)}</dd>
          </>
        )}
        <dt>Engine</dt>
        <dd>{store.engine}</dd>
        {store.plan && <><dt>Plan</dt><dd>{store.plan}</dd></>}
        {store.createdAt && <><dt>Age</dt><dd><Ago iso={store.createdAt} now={now} /> <span className="quiet small">since {exact(store.createdAt)}</span></dd></>}
        {store.provisionSeconds !== null && <><dt>Ready in</dt><dd>{span(store.provisionSeconds)}</dd></>}
        <dt>Namespace</dt>
        <dd><code>{store.namespace}</code></dd>
        {store.protected && <><dt>Protected</dt><dd>It is kept from being deleted until <code>protected: true</code> leaves its entry.</dd></>}
      </dl>
    </section>
  );
}

import { lazy, Suspense, useState } from "react";
import { useQuery } from "@tanstack/react-query";
import { useMay } from "../../api/session";
import type { Store } from "../../api/types";
import { Button } from "../../parts/button";
import { ProblemNote } from "../../parts/problem-note";
import { Skeleton } from "../../parts/states";
import { storeQuery } from "./queries";
import { Section } from "./section";

const EditEntry = lazy(() => import("./edit-entry"));

/** A store's entry, as it is written in the list. */
export function Entry({ store }: { store: Store }) {
  const { data, error, refetch } = useQuery(storeQuery(store.id));
  const [edits, setEdits] = useState(false);
  const may = useMay();
  const { entry, written, etag } = data ?? {};
  return (
    <Section title="Entry" end={may("write") && entry && etag && <Button onPress={() => setEdits(true)}>Edit</Button>}>
      {!data ? error ? <ProblemNote error={error} onRetry={() => void refetch()} /> : <Skeleton rows={3} /> : written ? (
        <>
          <pre className="entry" tabIndex={0} role="region" aria-label="Entry in the list">{written.text.trimEnd()}</pre>
          <p className="small quiet">{written.lines[0] === written.lines[1] ? `Line ${written.lines[0]}` : `Lines ${written.lines[0]} to ${written.lines[1]}`} of the list.</p>
        </>
      ) : <p className="small quiet">The list has no entry of it, or can not be read.</p>}
      {edits && entry && written && etag && <Suspense><EditEntry store={store} opened={{ entry, text: written.text, etag }} onClose={() => setEdits(false)} /></Suspense>}
    </Section>
  );
}

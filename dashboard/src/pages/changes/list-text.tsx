import { useState } from "react";
import { useQuery } from "@tanstack/react-query";
import { listQuery } from "../../api/queries";
import { useMay } from "../../api/session";
import { Button } from "../../parts/button";
import { ProblemNote } from "../../parts/problem-note";
import { Bar, Skeleton } from "../../parts/states";
import { ListEditor } from "./list-editor";

/** The list as it is written, right or wrong. */
export function ListText() {
  const { data, error, refetch } = useQuery(listQuery);
  const may = useMay();
  const [edits, setEdits] = useState(false);
  const [saved, setSaved] = useState(false);
  return (
    <section aria-labelledby="list">
      <div className="part">
        <h2 id="list">The list</h2>
        {!may("write") && <span className="small quiet">this session may read it, and not change it</span>}
        {may("write") && data && !edits && <Button onPress={() => (setEdits(true), setSaved(false))}>Edit the list</Button>}
      </div>
      {saved && <Bar kind="note">The list is written. Nothing is carried out of it until a plan is made and applied.</Bar>}
      {!data ? error ? <ProblemNote error={error} onRetry={() => void refetch()} /> : <Skeleton rows={6} />
        : edits ? <ListEditor read={data} onEnd={(written) => (setEdits(false), setSaved(written))} /> : (
          <pre className="listing" tabIndex={0} role="region" aria-label="The list's text"><code>{data.text}</code></pre>
        )}
    </section>
  );
}

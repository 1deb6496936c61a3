import { useState } from "react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Checkbox } from "react-aria-components";
import { useSearchParams } from "wouter";
import { api, ask, newKey } from "../api/client";
import { pendingQuery } from "../api/queries";
import { useMay } from "../api/session";
import { Button } from "../parts/button";
import { PageHead } from "../parts/page-head";
import { ProblemNote } from "../parts/problem-note";
import { Skeleton } from "../parts/states";
import { ListText } from "./changes/list-text";
import { PlanView } from "./changes/plan-view";
import { planKey } from "./changes/use-plan";
import { Waiting } from "./changes/waiting";
import "../look/changes.css";

/** From what the list says to what the cluster has: what waits, the plan of it, and the list itself. The address keeps which plan. */
export default function Changes() {
  const client = useQueryClient();
  const [asked, setAsked] = useSearchParams();
  const pending = useQuery(pendingQuery);
  const may = useMay();
  const [prune, setPrune] = useState(false);
  const id = asked.get("plan") ?? "";
  const planning = useMutation({
    mutationFn: () => ask(api.POST("/api/v1/plan", { params: { header: { "Idempotency-Key": newKey() } }, body: { prune } })),
    onSuccess(operation) {
      client.setQueryData([...planKey(operation.id), "operation"], operation);
      setAsked({ plan: operation.id });
    },
  });
  const plan = () => planning.mutate();
  return (
    <div className="changes">
      <PageHead title="Changes" beside={!may("write") && "read only"}>
        {may("write") && <Button kind={id === "" ? "main" : ""} onPress={plan} isDisabled={planning.isPending}>Plan</Button>}
      </PageHead>
      {may("write") && may("delete") && <Checkbox className="check" isSelected={prune} onChange={setPrune}><span className="box" aria-hidden="true" />The plan deletes stores that left the list, but never protected ones</Checkbox>}
      {planning.error && <ProblemNote error={planning.error} onRetry={plan} />}
      {id !== "" && <PlanView key={id} id={id} onAnew={may("write") ? plan : undefined} />}
      <section aria-labelledby="waiting">
        <div className="part"><h2 id="waiting">Not as listed</h2> {pending.data && pending.data.length > 0 && <span className="small quiet">{pending.data.length}</span>}</div>
        {pending.error ? <ProblemNote error={pending.error} onRetry={() => void pending.refetch()} /> : pending.data ? <Waiting stores={pending.data} /> : <Skeleton rows={3} />}
      </section>
      <ListText />
    </div>
  );
}

import { useMutation } from "@tanstack/react-query";
import { Link } from "wouter";
import { api, ask } from "../../api/client";
import { useMay } from "../../api/session";
import type { Operation } from "../../api/types";
import { isUnderWay } from "../../live/fleet";
import { useFleet } from "../../live/fleet-query";
import { Button } from "../../parts/button";
import { ProblemNote } from "../../parts/problem-note";
import { Bar, Empty } from "../../parts/states";
import { exact, span, useNow } from "../../parts/time";
import { ApplyPlan } from "./apply-plan";
import { Few } from "./few";
import { PlannedStore } from "./planned-store";
import { usePlan } from "./use-plan";
import { idle, summaryOf } from "./words";

/** A plan: as it is made, as it is, and what became of it. @param onAnew makes another one */
export function PlanView({ id, onAnew }: { id: string; onAnew?: () => void }) {
  const { operation, stores, error } = usePlan(id);
  const may = useMay();
  const applied = useFleet().data?.operations.find((it) => it.plan === id);
  const anew = onAnew && <Button onPress={onAnew}>Make a new plan</Button>;
  if (error) return <><ProblemNote error={error} />{anew && <p className="after">{anew}</p>}</>;
  if (!operation) return null;
  if (isUnderWay(operation)) return <Looking operation={operation} />;
  if (!stores) return null;
  const nothing = idle(stores);
  const changed = stores.filter(({ action }) => !["unchanged", "delete"].includes(action));
  const gone = stores.filter(({ action }) => action === "delete");
  return (
    <section aria-labelledby="plan">
      <div className="part"><h2 id="plan">Plan</h2> <span className="small quiet">of {exact(operation.requestedAt)} · {summaryOf(stores) || "no store"}</span></div>
      {changed.length > 0 && <Few of={changed}>{(it) => <PlannedStore key={it.name} store={it} />}</Few>}
      {gone.length > 0 && (
        <div className="gone">
          <h3>Deleted, with volumes, orders and secrets</h3>
          <Few of={gone}>{({ name, url }) => <li key={name}><div className="line"><b>{name}</b><span className="act"><i aria-hidden="true">−</i> deleted</span><span className="why small">{url.replace(/^https?:\/\//, "")}</span></div></li>}</Few>
        </div>
      )}
      {applied ? <Applied operation={applied} /> : nothing !== undefined ? <Empty title={nothing}>{anew}</Empty> : may("write") && <ApplyPlan id={id} gone={gone.map(({ name }) => name)} anew={anew} />}
    </section>
  );
}

function Looking({ operation: { id, requestedAt, state } }: { operation: Operation }) {
  const now = useNow(1_000);
  const may = useMay();
  const ending = useMutation({ mutationFn: () => ask(api.POST("/api/v1/operations/{id}/cancel", { params: { path: { id } } })) });
  return (
    <>
      <Bar kind="note" end={may("write") && state !== "stopping" && <Button kind="bare" isDisabled={ending.isPending} onPress={() => ending.mutate()}>Cancel</Button>}>
        {state === "queued" ? "It waits for its turn" : state === "stopping" ? "It is asked to end" : "Each store is looked at; nothing is changed"} <span aria-live="off">({span((now - Date.parse(requestedAt)) / 1000)})</span>
      </Bar>
      {ending.error && <ProblemNote error={ending.error} />}
    </>
  );
}

/** What became of a plan. */
function Applied({ operation: { id, state, stores, error } }: { operation: Operation }) {
  const all = Object.values(stores);
  const done = all.filter(({ result }) => result !== "waiting" && result !== "working").length;
  const bad = state !== "succeeded" && !isUnderWay({ state });
  return (
    <Bar kind={bad ? "bad" : "note"} end={<Link href={`/operations/${id}`}>See how it goes</Link>}>
      <b>{bad ? `It was not all done: ${state}.` : state === "succeeded" ? "This plan is done." : "This plan is being done."}</b> {all.length > 0 && `${done} of ${all.length} stores. `}{error}
    </Bar>
  );
}

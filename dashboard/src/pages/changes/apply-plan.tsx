import { useMemo, useState, type ReactNode } from "react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Form } from "react-aria-components";
import { Link } from "wouter";
import { api, ApiError, ask, newKey } from "../../api/client";
import { useMay } from "../../api/session";
import { Button } from "../../parts/button";
import { Field } from "../../parts/field";
import { ProblemNote } from "../../parts/problem-note";
import { Bar } from "../../parts/states";

/**
 * Has done what a plan says, and nothing else. How many stores it deletes is typed, and is the most that are deleted.
 * @param gone stores that it deletes @param anew what makes another plan
 */
export function ApplyPlan({ id, gone, anew }: { id: string; gone: readonly string[]; anew: ReactNode }) {
  const may = useMay();
  const client = useQueryClient();
  const [typed, setTyped] = useState("");
  // The same plan twice is one apply.
  const key = useMemo(newKey, [id]);
  const applying = useMutation({
    mutationFn: () => ask(api.POST("/api/v1/apply", { params: { header: { "Idempotency-Key": key } }, body: { plan: id, maxDeletes: gone.length } })),
    onSuccess: () => client.invalidateQueries({ queryKey: ["pending"] }),
  });
  const { error } = applying;
  const confirmed = gone.length === 0 || typed.trim() === String(gone.length);
  if (error instanceof ApiError && error.code === "plan-out-of-date") return <Bar kind="warn" end={anew}><b>The ground has moved, and nothing was done:</b> {error.message}.</Bar>;
  if (gone.length > 0 && !may("delete")) return <Bar kind="warn" end={anew}>This plan deletes stores, which this session may not.</Bar>;
  if (applying.data) return <Bar kind="note" end={<Link href={`/operations/${applying.data.id}`}>See how it goes</Link>}><b>This plan is being done.</b></Bar>;
  return (
    <Form className="apply" onSubmit={(event) => (event.preventDefault(), confirmed && !applying.isPending && applying.mutate())}>
      {gone.length > 0 && <Field label={`Type how many are deleted, ${gone.length}`} value={typed} onChange={setTyped} autoComplete="off" inputMode="numeric" hint="No more than these, whatever happens meanwhile. Nobody can bring them back." />}
      {error && <ProblemNote error={error} />}
      <div className="acts">
        <Button kind={gone.length > 0 ? "loss main" : "main"} type="submit" isDisabled={!confirmed || applying.isPending}>Apply exactly this plan</Button>
        {anew}
      </div>
    </Form>
  );
}

import { useState } from "react";
import { useMutation } from "@tanstack/react-query";
import { Link } from "wouter";
import { api, ask, newKey } from "../../api/client";
import { useMay } from "../../api/session";
import type { Operation, Scope, Store } from "../../api/types";
import { Button } from "../../parts/button";
import { phaseOf, type Phase } from "../../parts/phase";
import { ProblemNote } from "../../parts/problem-note";
import { ConfirmLoss } from "../../parts/confirm-loss";
import { ConfirmPause } from "../../parts/confirm-pause";

interface Act {
  name: string;
  scope: Scope;
  /** What is asked before: nothing for what can be taken back. */
  asks?: "pause" | "loss";
  fits(phase: Phase, listed: boolean): boolean;
  begin(id: string): Promise<unknown>;
}

const keyed = (id: string) => ({ params: { path: { id }, header: { "Idempotency-Key": newKey() } } });
const runs = (phase: Phase) => phase === "READY" || phase === "FAILED" || phase === "LEFT_LIST";

const acts: Act[] = [
  { name: "Apply", scope: "write", fits: (phase, listed) => listed && ["FAILED", "PROVISIONING", "NOT_CREATED"].includes(phase), begin: (id) => ask(api.POST("/api/v1/apply", { params: { header: { "Idempotency-Key": newKey() } }, body: { names: [id] } })) },
  { name: "Verify", scope: "write", fits: runs, begin: (id) => ask(api.POST("/api/v1/stores/{id}/verify", keyed(id))) },
  { name: "Restart", scope: "write", fits: runs, begin: (id) => ask(api.POST("/api/v1/stores/{id}/restart", keyed(id))) },
  { name: "Back up", scope: "write", fits: runs, begin: (id) => ask(api.POST("/api/v1/stores/{id}/backup", keyed(id))) },
  { name: "Suspend", scope: "write", asks: "pause", fits: (phase, listed) => listed && runs(phase), begin: (id) => ask(api.POST("/api/v1/stores/{id}/suspend", keyed(id))) },
  { name: "Resume", scope: "write", fits: (phase, listed) => listed && phase === "SUSPENDED", begin: (id) => ask(api.POST("/api/v1/stores/{id}/resume", keyed(id))) },
  { name: "Delete", scope: "delete", asks: "loss", fits: (phase) => phase !== "DELETING", begin: (id) => ask(api.DELETE("/api/v1/stores/{id}", keyed(id))) },
];

/** What can be done with a store, as far as it makes sense now and this session may. */
export function Actions({ store }: { store: Store }) {
  const may = useMay();
  const [asking, setAsking] = useState<Act>();
  const { id } = store;
  const phase = phaseOf(store);
  const doing = useMutation({ mutationFn: (act: Act) => act.begin(id) as Promise<Operation> });
  const begin = (act: Act) => {
    setAsking(undefined);
    doing.mutate(act);
  };
  const fitting = acts.filter(({ scope, fits }) => may(scope) && fits(phase, store.listed === true));
  const asked = { rows: [{ id, store, phase }], onClose: () => setAsking(undefined), onConfirm: () => asking && begin(asking) };
  if (fitting.length === 0 && doing.isIdle) return null;
  return (
    <>
      <div className="acts page-acts" role="group" aria-label="Actions">
        {fitting.map((act) => <Button key={act.name} kind={act.asks === "loss" ? "loss" : ""} isDisabled={doing.isPending} onPress={() => (act.asks ? setAsking(act) : begin(act))}>{act.name}</Button>)}
        <span className="small" role="status">{doing.isPending && `${doing.variables.name}…`}{doing.data && <>{doing.variables.name}: <Link href={`/operations/${doing.data.id}`}>asked for</Link></>}</span>
      </div>
      {doing.error && <ProblemNote error={doing.error} />}
      {asking?.asks === "pause" && <ConfirmPause {...asked} />}
      {asking?.asks === "loss" && <ConfirmLoss {...asked} />}
    </>
  );
}

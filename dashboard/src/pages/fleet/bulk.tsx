import { useState } from "react";
import { api, ask, newKey } from "../../api/client";
import { useMay } from "../../api/session";
import type { Scope } from "../../api/types";
import { Button } from "../../parts/button";
import { ConfirmLoss } from "../../parts/confirm-loss";
import { ConfirmPause } from "../../parts/confirm-pause";
import { forEach, type Progress } from "./each";
import type { Row } from "./rows";

interface Act {
  name: string;
  scope: Scope;
  /** What is asked before: nothing for what can be taken back. */
  asks?: "pause" | "loss";
  fits(row: Row): boolean;
  /** One at a time. */
  each?(name: string): Promise<unknown>;
  /** All at once. */
  all?(names: string[]): Promise<unknown>;
}

const withKey = (id: string) => ({ params: { path: { id }, header: { "Idempotency-Key": newKey() } } });
const isListed = ({ store }: Row) => store.listed === true;
const runs = ({ phase }: Row) => phase === "READY" || phase === "FAILED";

const acts: Act[] = [
  { name: "Apply", scope: "write", fits: isListed, all: (names) => ask(api.POST("/api/v1/apply", { params: { header: { "Idempotency-Key": newKey() } }, body: { names } })) },
  { name: "Verify", scope: "write", fits: runs, each: (id) => ask(api.POST("/api/v1/stores/{id}/verify", withKey(id))) },
  { name: "Restart", scope: "write", fits: runs, each: (id) => ask(api.POST("/api/v1/stores/{id}/restart", withKey(id))) },
  { name: "Suspend", scope: "write", asks: "pause", fits: (row) => isListed(row) && row.phase !== "SUSPENDED", each: (id) => ask(api.POST("/api/v1/stores/{id}/suspend", withKey(id))) },
  { name: "Resume", scope: "write", fits: (row) => isListed(row) && row.phase === "SUSPENDED", each: (id) => ask(api.POST("/api/v1/stores/{id}/resume", withKey(id))) },
  { name: "Delete", scope: "delete", asks: "loss", fits: ({ phase }) => phase !== "DELETING", each: (id) => ask(api.DELETE("/api/v1/stores/{id}", withKey(id))) },
];

/** What can be done with the stores that were selected. What came of it stays until it was read. */
export function Bulk({ rows, onNone }: { rows: Row[]; onNone(): void }) {
  const may = useMay();
  const [asking, setAsking] = useState<Act>();
  const [told, setTold] = useState<{ act: string; of: number } & Progress>();
  const busy = told !== undefined && told.done < told.of;
  const begin = async ({ name: act, all, each }: Act, names: string[]) => {
    setAsking(undefined);
    const tell = (progress: Progress) => setTold({ act, of: names.length, ...progress });
    tell({ done: 0, refused: [] });
    if (each) return void (await forEach(names, each, tell).then(onNone));
    const why = await all!(names).then(() => undefined, (error: Error) => error.message);
    tell({ done: names.length, refused: why === undefined ? [] : [{ name: "all", why }] });
    onNone();
  };
  if (rows.length === 0 && !told) return null;
  return (
    <section className="chosen" aria-label="Selected stores">
      {rows.length > 0 && (
        <>
          <b>{rows.length} selected</b>
          {acts.filter(({ scope }) => may(scope)).map((act) => {
            const fitting = rows.filter(act.fits);
            return (
              <Button key={act.name} kind={act.asks === "loss" ? "loss" : ""} isDisabled={busy || fitting.length === 0} onPress={() => (act.asks ? setAsking(act) : void begin(act, fitting.map(({ id }) => id)))}>
                {act.name}{fitting.length > 0 && fitting.length < rows.length && ` ${fitting.length}`}
              </Button>
            );
          })}
          <Button kind="bare" onPress={onNone}>Select none <kbd>Esc</kbd></Button>
        </>
      )}
      {told && (
        <div className="small" role="status">
          {told.act}: {told.done - told.refused.length} of {told.of} asked for
          {told.refused.map(({ name, why }) => <div key={name}><b>{name}</b> {why}</div>)}
          {!busy && <Button kind="bare" onPress={() => setTold(undefined)}>Close</Button>}
        </div>
      )}
      {asking?.asks === "pause" && <ConfirmPause rows={rows.filter(asking.fits)} onClose={() => setAsking(undefined)} onConfirm={(names) => void begin(asking, names)} />}
      {asking?.asks === "loss" && <ConfirmLoss rows={rows.filter(asking.fits)} onClose={() => setAsking(undefined)} onConfirm={(names) => void begin(asking, names)} />}
    </section>
  );
}

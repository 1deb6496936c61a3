import { useMemo, useState } from "react";
import { useQuery } from "@tanstack/react-query";
import { Checkbox, Form } from "react-aria-components";
import { ApiError } from "../../api/client";
import { listQuery } from "../../api/queries";
import type { Store } from "../../api/types";
import { Button } from "../../parts/button";
import { Dialog } from "../../parts/dialog";
import { DiffView } from "../../parts/diff-view";
import { Choice, Field } from "../../parts/field";
import { ProblemNote } from "../../parts/problem-note";
import { Bar } from "../../parts/states";
import { useSettled } from "../../parts/use-settled";
import { wrongOf } from "../new-store/entry";
import { editedOf, patchOf } from "./entry-form";
import { isConflict, storeQuery, trialQuery, useChange } from "./queries";

const plans = [["small", "Small"], ["medium", "Medium"], ["large", "Large"]] as const;

interface Version {
  entry: Record<string, unknown>;
  /** As it is written. */
  text: string;
  etag: string;
}

/** The usual part of an entry, changed. What would be written is shown before; and where somebody else wrote meanwhile, both. @param opened the entry as it was when one began */
export default function EditEntry({ store, opened, onClose }: { store: Store; opened: Version; onClose(): void }) {
  // Later versions do not change what somebody is typing.
  const [first] = useState(opened);
  const [etag, setEtag] = useState(opened.etag);
  const [before] = useState(() => editedOf(opened.entry, store));
  const [now, setNow] = useState(before);
  const [theirs, setTheirs] = useState<string>();
  const patch = useMemo(() => patchOf(before, now), [before, now]);
  const text = JSON.stringify(patch);
  const settled = useSettled(text, 250);
  const changes = text !== "{}";
  const list = useQuery(listQuery);
  const its = useQuery(storeQuery(store.id));
  const trial = useQuery({ ...trialQuery(store.id, JSON.parse(settled), list.data?.etag), enabled: changes && settled !== "{}" && list.data !== undefined });
  const change = useChange(store.id);
  const problem = changes && settled === text && trial.error instanceof ApiError ? trial.error : undefined;
  const wrong = problem ? wrongOf(problem.code, problem.message, problem.problem.problems) : {};
  const ready = changes && settled === text && trial.isSuccess && !change.isPending;
  const set = <K extends keyof typeof now>(key: K) => (value: (typeof now)[K]) => setNow((last) => ({ ...last, [key]: value }));
  const save = async () => {
    try {
      await change.mutateAsync({ patch, etag });
      onClose();
    } catch (error) {
      if (!isConflict(error)) return;
      const { data } = await its.refetch();
      if (!data?.etag) return;
      setTheirs(data.written?.text ?? "");
      setEtag(data.etag);
    }
  };
  return (
    <Dialog title={`Edit ${store.id}`} onClose={onClose} wide firm>
      <Form className="loss-form" onSubmit={(event) => (event.preventDefault(), ready && void save())}>
        <div className="pair">
          <Field label="Title" autoFocus value={now.title} onChange={set("title")} wrong={wrong.title} hint="What shoppers see; from the name if empty." />
          <Choice label="Plan" value={now.plan as "small"} options={plans} onChange={set("plan")} wrong={wrong.plan} />
          <Field label="Administrator" value={now.adminEmail} onChange={set("adminEmail")} wrong={wrong.adminEmail} hint="Address of the shop's administrator." />
          <Checkbox className="check" isSelected={now.protected} onChange={set("protected")}><span className="box" aria-hidden="true" />Protected from deletion</Checkbox>
          <Field label="Currency" value={now.currency} onChange={set("currency")} wrong={wrong.currency} hint="ISO 4217, such as EUR." />
          <Field label="Country" value={now.country} onChange={set("country")} wrong={wrong.country} hint="ISO 3166, such as DE." />
        </div>
        {theirs !== undefined && (
          <>
            <Bar kind="warn"><b>Somebody else changed it meanwhile.</b> Nothing of yours is written yet. Below is what they changed, then what you would change of that.</Bar>
            <DiffView before={first.text} after={theirs} label="What they changed" />
          </>
        )}
        {problem && wrong[""] !== undefined && <ProblemNote error={problem} />}
        {list.error && <ProblemNote error={list.error} onRetry={() => void list.refetch()} />}
        {changes && trial.data && list.data && !problem && <DiffView before={list.data.text} after={trial.data.text} />}
        {change.error && !isConflict(change.error) && <ProblemNote error={change.error} />}
        <div className="acts">
          <span className="told small quiet" role="status">{changes && (trial.isFetching || settled !== text) ? "checking…" : ""}</span>
          <Button onPress={onClose}>Cancel</Button>
          <Button kind="main" type="submit" isDisabled={!ready}>{theirs === undefined ? "Save" : "Save it on top"}</Button>
        </div>
      </Form>
    </Dialog>
  );
}

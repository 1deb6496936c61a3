import { useMemo, useState } from "react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Checkbox, Disclosure, DisclosurePanel, Form, Heading, Button as Plain } from "react-aria-components";
import { api, ApiError, ask, newKey } from "../../api/client";
import { listQuery } from "../../api/queries";
import { Button } from "../../parts/button";
import { Dialog } from "../../parts/dialog";
import { DiffView } from "../../parts/diff-view";
import { Choice, Field } from "../../parts/field";
import { ProblemNote } from "../../parts/problem-note";
import { useSettled } from "../../parts/use-settled";
import { empty, entryOf, wrongOf, type Filled } from "./entry";

const engines = [["woocommerce", "WooCommerce"], ["medusa", "Medusa"]] as const;
const plans = [["small", "Small"], ["medium", "Medium"], ["large", "Large"]] as const;

/** A new entry of the list: what is wrong with it, and what would be written, is what the server says while it is typed. */
export default function NewStore({ onClose }: { onClose(): void }) {
  const client = useQueryClient();
  const [filled, setFilled] = useState(empty);
  const entry = useMemo(() => entryOf(filled), [filled]);
  const text = JSON.stringify(entry);
  const settled = useSettled(text, 250);
  const list = useQuery(listQuery);
  const trial = useQuery({
    queryKey: ["new-store", settled, list.data?.etag],
    queryFn: () => ask(api.POST("/api/v1/stores", { params: { query: { dryRun: "true" } }, body: JSON.parse(settled) as typeof entry })) as Promise<{ text: string }>,
    enabled: entry.name !== "" && list.data !== undefined, retry: false, staleTime: Infinity, placeholderData: (last) => last,
  });
  // The same request twice is one store; another entry is another request.
  const key = useMemo(newKey, [text]);
  const making = useMutation({
    mutationFn: () => ask(api.POST("/api/v1/stores", { params: { query: {}, header: { "If-Match": list.data!.etag, "Idempotency-Key": key } }, body: entry })),
    onSuccess: onClose,
    onError: (error) => error instanceof ApiError && error.code === "list-changed" && void client.invalidateQueries({ queryKey: listQuery.queryKey }),
  });
  const current = settled === text && !trial.isPlaceholderData;
  const problem = trial.error instanceof ApiError ? trial.error : undefined;
  const wrong = problem && entry.name !== "" ? wrongOf(problem.code, problem.message, problem.problem.problems) : {};
  const set = <K extends keyof Filled>(name: K) => (value: Filled[K]) => (making.reset(), setFilled((before) => ({ ...before, [name]: value })));
  const more = wrong.adminEmail ?? wrong.currency ?? wrong.country;
  const ready = current && trial.isSuccess && !making.isPending;
  return (
    <Dialog title="New store" onClose={onClose} wide firm>
      <Form className="loss-form" onSubmit={(event) => (event.preventDefault(), ready && making.mutate())}>
        <div className="pair">
          <Field label="Name" autoFocus autoComplete="off" spellCheck="false" value={filled.name} onChange={set("name")} wrong={wrong.name} hint="Part of its address, for good: lower case letters, digits, dashes." />
          <Field label="Title" value={filled.title} onChange={set("title")} wrong={wrong.title} hint="What shoppers see; from the name if empty." />
          <Choice label="Engine" value={filled.engine} options={engines} onChange={set("engine")} wrong={wrong.engine} />
          <Choice label="Plan" value={filled.plan} options={plans} onChange={set("plan")} wrong={wrong.plan} />
        </div>
        <Field label="Domains" value={filled.domains} onChange={set("domains")} wrong={wrong.domains} lines={1} spellCheck="false" hint="Besides its own address, one a line." />
        <Disclosure defaultExpanded={more !== undefined}>
          <Heading level={2}><Plain slot="trigger" className="button bare">More…</Plain></Heading>
          <DisclosurePanel>
            <div className="pair">
              <Field label="Administrator" type="email" value={filled.adminEmail} onChange={set("adminEmail")} wrong={wrong.adminEmail} hint="Address of the shop's administrator." />
              <Checkbox className="check" isSelected={filled.protected} onChange={set("protected")}><span className="box" aria-hidden="true" />Protected from deletion</Checkbox>
              <Field label="Currency" value={filled.currency} onChange={set("currency")} wrong={wrong.currency} hint="ISO 4217, such as EUR." />
              <Field label="Country" value={filled.country} onChange={set("country")} wrong={wrong.country} hint="ISO 3166, such as DE." />
            </div>
          </DisclosurePanel>
        </Disclosure>
        {wrong[""] !== undefined && problem && <ProblemNote error={problem} />}
        {list.error && <ProblemNote error={list.error} onRetry={() => void list.refetch()} />}
        {trial.data && list.data && entry.name !== "" && !problem && <DiffView before={list.data.text} after={trial.data.text} />}
        {making.error && <ProblemNote error={making.error} />}
        <div className="acts">
          <span className="told small quiet" role="status">{entry.name !== "" && (trial.isFetching || !current) ? "checking…" : ""}</span>
          <Button onPress={onClose}>Cancel</Button>
          <Button kind="main" type="submit" isDisabled={!ready}>Create</Button>
        </div>
      </Form>
    </Dialog>
  );
}

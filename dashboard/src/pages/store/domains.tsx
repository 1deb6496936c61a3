import { useState } from "react";
import { useQuery } from "@tanstack/react-query";
import { Form } from "react-aria-components";
import { ApiError } from "../../api/client";
import { listQuery } from "../../api/queries";
import { useMay } from "../../api/session";
import type { Store } from "../../api/types";
import { Button } from "../../parts/button";
import { Field } from "../../parts/field";
import { ProblemNote } from "../../parts/problem-note";
import { Skeleton } from "../../parts/states";
import { exact } from "../../parts/time";
import { useSettled } from "../../parts/use-settled";
import { domainsQuery, storeQuery, trialQuery, useChange } from "./queries";
import { Section } from "./section";

/** The hosts of a store, each with what keeps visitors from it; its own ones are added and removed. */
export function Domains({ store: { id, createdAt } }: { store: Store }) {
  const found = useQuery({ ...domainsQuery(id), enabled: createdAt !== null });
  const { data: its } = useQuery(storeQuery(id));
  const change = useChange(id);
  const may = useMay();
  const listed = ownDomains(its?.entry);
  const etag = may("write") ? its?.etag : undefined;
  const set = (domains: string[]) => etag !== undefined && change.mutateAsync({ patch: { domains: domains.length > 0 ? domains : null }, etag });
  // Of a store that does not run nobody can say more than that they are listed.
  const shown = found.data ?? listed.map((host) => ({ host, generated: false, problem: null, certificateUntil: null, leads: "unknown" as const }));
  return (
    <Section title="Domains">
      {found.isLoading ? <Skeleton rows={2} /> : (
        <ul className="lines">
          {shown.map(({ host, generated, problem, certificateUntil, leads }) => (
            <li key={host}>
              <div className="whole">
                <code>{host}</code>
                {problem ? <p className="wrong small"><span aria-hidden="true">▲ </span>{problem}</p> : <p className="small quiet">{[generated ? "its own address" : "", leads === "here" ? "leads here" : "", certificateUntil ? `certificate until ${exact(certificateUntil)}` : ""].filter(Boolean).join(" · ")}</p>}
              </div>
              {etag !== undefined && listed.includes(host) && <Button kind="bare" isDisabled={change.isPending} aria-label={`Remove ${host}`} onPress={() => void set(listed.filter((it) => it !== host))}>Remove</Button>}
            </li>
          ))}
        </ul>
      )}
      {found.error && <ProblemNote error={found.error} onRetry={() => void found.refetch()} />}
      {change.error && <ProblemNote error={change.error} />}
      {etag !== undefined && <AddDomain id={id} listed={listed} busy={change.isPending} onAdd={(host) => set([...listed, host])} />}
    </Section>
  );
}

function AddDomain({ id, listed, busy, onAdd }: { id: string; listed: string[]; busy: boolean; onAdd(host: string): Promise<unknown> | false }) {
  const [typed, setTyped] = useState("");
  const host = typed.trim().toLowerCase();
  const settled = useSettled(host, 250);
  const list = useQuery({ ...listQuery, enabled: host !== "" });
  const trial = useQuery({ ...trialQuery(id, { domains: [...listed, settled] }, list.data?.etag), enabled: settled !== "" && list.data !== undefined });
  const current = host !== "" && host === settled;
  const ready = current && trial.isSuccess && !busy;
  const add = async () => {
    await onAdd(host);
    setTyped("");
  };
  return (
    <Form className="one-line" onSubmit={(event) => (event.preventDefault(), ready && void add().catch(() => undefined))}>
      <Field label="Add a domain" value={typed} onChange={setTyped} spellCheck="false" autoComplete="off" wrong={current && trial.error ? whyNot(trial.error) : undefined} hint="Such as shop.example.com; its DNS has to lead here." />
      <Button type="submit" isDisabled={!ready}>Add</Button>
    </Form>
  );
}

const whyNot = (error: unknown): string => {
  const { problems = [], detail, hint } = error instanceof ApiError ? error.problem : { detail: String(error) };
  return problems.map(({ message, repair }) => [message, repair].filter(Boolean).join(" — ")).join("; ") || [detail, hint].filter(Boolean).join(" ");
};

export const ownDomains = (entry: Record<string, unknown> | null | undefined): string[] => (Array.isArray(entry?.domains) ? entry.domains.filter((it) => typeof it === "string") : []);

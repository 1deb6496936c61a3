import { useEffect, useId, useState } from "react";
import { Input, Label, TextField } from "react-aria-components";
import { useFleet } from "../../live/fleet-query";
import { useSettled } from "../../parts/use-settled";
import { actions, ages } from "./trail";

type Key = "store" | "who" | "action" | "since";

/** What of the trail is shown. Words count once they are typed to their end. */
export function AuditSieve({ asked, onAsk }: { asked: URLSearchParams; onAsk(key: Key, value: string): void }) {
  const names = useFleet().data?.stores.map(({ id }) => id) ?? [];
  const known = useId();
  return (
    <div className="sieve" role="search" aria-label="Audit trail">
      <Words label="Store" value={asked.get("store") ?? ""} onSettled={(it) => onAsk("store", it)} list={known} />
      <datalist id={known}>{names.map((it) => <option key={it} value={it} />)}</datalist>
      <Words label="Who" value={asked.get("who") ?? ""} onSettled={(it) => onAsk("who", it)} />
      <Pick label="Action" value={asked.get("action") ?? ""} options={[["", "All"], ...actions.map((it) => [it, it] as const)]} onChange={(it) => onAsk("action", it)} />
      <Pick label="Since" value={asked.get("since") ?? ""} options={ages} onChange={(it) => onAsk("since", it)} />
    </div>
  );
}

function Words({ label, value, onSettled, list }: { label: string; value: string; onSettled(value: string): void; list?: string }) {
  const [typed, setTyped] = useState(value);
  const settled = useSettled(typed, 300);
  useEffect(() => {
    if (settled !== value) onSettled(settled);
    // Not when the address changes: that is then another one's doing.
  }, [settled]);
  return <TextField className="field" value={typed} onChange={setTyped} autoComplete="off" spellCheck="false"><Label>{label}</Label><Input {...(list !== undefined && { list })} /></TextField>;
}

const Pick = ({ label, value, options, onChange }: { label: string; value: string; options: readonly (readonly [value: string, name: string])[]; onChange(value: string): void }) => (
  <label className="field">
    <span className="label">{label}</span>
    <select value={value} onChange={({ target }) => onChange(target.value)}>{options.map(([its, name]) => <option key={its} value={its}>{name}</option>)}</select>
  </label>
);

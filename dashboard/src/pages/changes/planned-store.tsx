import { useState } from "react";
import type { Planned } from "../../api/types";
import { becomes, causesOf, resourcesIn, signs } from "./words";

type Resource = Planned["resources"][number];

/** A store of a plan; what becomes of its resources, and of their properties, is told when it is opened. */
export function PlannedStore({ store }: { store: Planned }) {
  const { name, action, why, reason, error, needs = [], changes, resources } = store;
  const [open, setOpen] = useState(false);
  const line = (
    <span className="line">
      <b>{name}</b>
      <span className="act"><i aria-hidden="true">{signs[action] ?? "·"}</i> {becomes[action]}</span>
      <span className="why small">{[reason, ...causesOf(why), resources.length > 0 && resourcesIn(changes)].filter(Boolean).join("; ")}</span>
    </span>
  );
  return (
    <li>
      {resources.length === 0 ? <div className="flat">{line}</div> : (
        <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
          <summary>{line}</summary>
          {open && <ul className="resources">{resources.map((it) => <PlannedResource key={`${it.type} ${it.name} ${it.op}`} resource={it} />)}</ul>}
        </details>
      )}
      {error !== undefined && <p className="small failure">{error}</p>}
      {needs.map(({ name: secret, keys, fault }) => <p key={secret} className="small failure">Needs the Secret <code>{secret}</code> with {keys.join(", ")}{fault && `: ${fault}`}</p>)}
    </li>
  );
}

/** The server takes secrets out, and cuts what is long. */
function PlannedResource({ resource: { op, type, name, diffs, values, moreValues } }: { resource: Resource }) {
  const bare = diffs.filter((it) => !values.some(({ path }) => path === it || path.startsWith(`${it}.`) || path.startsWith(`${it}[`)));
  return (
    <li>
      <p><span className="act"><i aria-hidden="true">{signs[op] ?? "·"}</i> {op}</span> <b>{name}</b> <code className="quiet">{type}</code></p>
      {values.length > 0 && (
        <dl className="values mono">
          {values.map(({ path, from, to }) => (
            <div key={path}><dt>{path}</dt><dd>{from === undefined && to === undefined ? <i>not shown</i> : <>{from ?? <i>none</i>} → {to ?? <i>none</i>}</>}</dd></div>
          ))}
        </dl>
      )}
      {moreValues > 0 && <p className="small quiet">and {moreValues} more</p>}
      {bare.length > 0 && <p className="small">Differs: {bare.map((it, at) => <span key={it}>{at > 0 && ", "}<code>{it}</code></span>)}</p>}
    </li>
  );
}

import type { Pending } from "../../api/types";
import { Empty } from "../../parts/states";
import { Few } from "./few";
import { becomes, causesOf, signs } from "./words";

/** What the list says and the cluster has not got yet, as far as that is known at once. */
export function Waiting({ stores }: { stores: readonly Pending[] }) {
  if (stores.length === 0) return <Empty title="All stores are as listed"><p className="small quiet">A plan looks into each, and finds also what was changed by hand.</p></Empty>;
  return (
    <Few of={stores}>
      {({ name, action, why, reason }) => (
        <li key={name}>
          <div className="line">
            <b>{name}</b>
            <span className="act"><i aria-hidden="true">{signs[action] ?? "·"}</i> {becomes[action]}</span>
            <span className="why small">{reason ?? (action === "orphan" ? "deleted only by a plan that says so" : causesOf(why).join("; "))}</span>
          </div>
        </li>
      )}
    </Few>
  );
}

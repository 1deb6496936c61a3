import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { pendingQuery } from "../../api/queries";
import type { Health } from "../../api/types";
import { Bar } from "../../parts/states";

/** What is to be said of the fleet as a whole. */
export function Notices({ health: { listProblem, environmentProblem, isolationProblem } }: { health: Health }) {
  const pending = useQuery(pendingQuery).data ?? [];
  const named = pending.slice(0, 3).map(({ name, action }) => `${name} (${action})`).join(", ");
  return (
    <>
      {listProblem !== null && <Bar kind="bad"><b>The list can not be read</b>, so nothing can be changed until it is mended. {listProblem}</Bar>}
      {environmentProblem !== null && <Bar kind="warn">{environmentProblem}</Bar>}
      {isolationProblem !== null && <Bar kind="warn">{isolationProblem}</Bar>}
      {listProblem === null && pending.length > 0 && (
        <Bar kind="note" end={<Link href="/changes">See changes</Link>}>
          <b>{pending.length === 1 ? "One store is" : `${pending.length} stores are`} not as listed:</b> {named}{pending.length > 3 && ", …"}
        </Bar>
      )}
    </>
  );
}

import { decideFleet } from "../decide";
import type { Fleet } from "../open-fleet";
import { readOpenRollout } from "./record";
import { isAbout, split, targetOf } from "./split";
import { rolloutInWords, summaryOf } from "./summary";

/** What `plan` has to say of changes that apply would not make at once. */
export async function wavesRemark(fleet: Fleet): Promise<string | undefined> {
  const { policy, session: { kube, env }, wanted } = fleet;
  if (!policy) return undefined;
  const found = await readOpenRollout(kube, env);
  const open = found && isAbout(found.now, targetOf(wanted)) ? found.now : undefined;
  const { waved } = split(decideFleet(fleet, { prune: false, skipUnchanged: true, names: [] }), { policy, listed: wanted.length, anyUpdates: false, open });
  if (open) return `note: ${rolloutInWords(summaryOf(open))}`;
  return waved.length === 0 ? undefined : `note: apply changes ${waved.length === 1 ? "1 store" : `${waved.length} stores`} in waves: ${policy.waves.map(({ name }) => name).join(", ")}`;
}

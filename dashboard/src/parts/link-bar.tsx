import { useFleet } from "../live/fleet-query";
import { useLink } from "../live/link";
import { Bar } from "./states";
import { clock, useNow } from "./time";

/** Says when what is shown is not what is. */
export function LinkBar() {
  const { state, heardAt } = useLink();
  const { data, error } = useFleet();
  const now = useNow(2_000);
  const trouble = data?.health.trouble;
  // A break that is mended at once is not worth a word.
  const silent = state === "lost" && now - heardAt > 4_000;
  const asOf = heardAt > 0 && ` What is shown is from ${clock(heardAt)}.`;
  if (silent && error) return <Bar kind="bad"><b>Offline.</b> The server does not answer; it is asked again each 10 s.{asOf}</Bar>;
  if (silent) return <Bar kind="warn"><b>Not live.</b> Changes are not told just now; the fleet is looked at each 10 s.{asOf}</Bar>;
  if (trouble) return <Bar kind="warn"><b>Out of date.</b> {trouble.detail} {trouble.hint}</Bar>;
  return null;
}

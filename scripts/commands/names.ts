import { distance } from "fastest-levenshtein";
import { UserError } from "../../config/errors";
import { storesCommand } from "../../config/stores-command";
import { environmentDigest } from "../../infra/digest";
import type { Fleet } from "../engine/fleet-run";
import { note } from "./common";

/** Refuses names that neither the list nor the cluster knows, with the nearest one that they do. */
export function requireKnown(names: string[], fleet: { wanted: Pick<Fleet["wanted"][number], "spec">[]; observed: Fleet["observed"] }): void {
  const known = [...new Set([...fleet.wanted.map(({ spec }) => spec.name), ...fleet.observed.keys()])];
  for (const name of names) {
    if (known.includes(name)) continue;
    const nearest = known.sort((a, b) => distance(a, name) - distance(b, name))[0];
    const close = nearest !== undefined && distance(nearest, name) <= 3;
    throw new UserError(`there is no store "${name}", neither listed nor running`, close ? `Did you mean "${nearest}"?` : `Stores: ${known.join(", ") || "none"}.`);
  }
}

/** Stores follow the environment's stack, not its file: an edit of the file takes effect once that stack is up again. */
export function warnOfSettings({ session, shared }: Fleet): void {
  if (shared.digest === environmentDigest(session.env)) return;
  note(`note: the environment's stack is older than Pulumi.${session.env}.yaml or its programs; to bring it up to date: ${storesCommand("cluster up")}`);
}

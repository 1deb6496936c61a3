import { UserError } from "../../config/errors";
import { storesCommand } from "../../config/stores-command";
import { openSession } from "../engine/session";
import { carryOut, type Applied } from "./apply";
import { decideAnew, decideFleet } from "./decide";
import { clusterAddressOf } from "./deletion-guards";
import { requireIsolation } from "./isolation";
import { openNamed } from "./open-fleet";
import { noteDown } from "./records/of-stores";
import { whoAsks } from "./records/operation";
import type { RolloutOptions } from "./rollout";
import { readOpenRollout } from "./rollout/record";
import { isAbout, targetOf } from "./rollout/split";
import { summaryOf } from "./rollout/summary";
import type { Listener, Scope } from "./scope";

export interface UpgradeOptions extends RolloutOptions {
  /** Stores to upgrade; empty: all that have another release. */
  names: string[];
  concurrency?: number;
}

/** Brings stores to the release of this checkout, in waves and through their gate, and does nothing else that the list asks for. */
export async function upgrade(scope: Scope, { names, concurrency, ...rollout }: UpgradeOptions, listener: Listener): Promise<Applied> {
  const fleet = await openNamed(scope, names, listener.say);
  if (!fleet.policy) throw new UserError(`${scope.env} has no waves: whatever changes is applied at once`, `Give its list a rollout:, or say: ${storesCommand(["apply", ...names].join(" "))}`, "usage");
  const open = await readOpenRollout(fleet.session.kube, scope.env);
  if (rollout.resume && !(open && isAbout(open.now, targetOf(fleet.wanted)))) {
    throw new UserError(open ? `roll-out ${open.now.id} was about another release than is wanted now` : "there is no roll-out to go on with", `A new one: ${storesCommand("upgrade")}`, "usage");
  }
  const how = { prune: false, skipUnchanged: true };
  const ahead = new Set(open?.now.waves.slice(open.now.wave).flatMap(({ members }) => members));
  const decisions = decideFleet(fleet, { ...how, names }).filter(({ name, action }) => action === "upgrade" || (action === "update" && ahead.has(name)));
  await requireIsolation(fleet.session, fleet.shared, decisions);
  return carryOut(scope, fleet, decisions, [], decideAnew(fleet, how), { names, concurrency, rollout, upgrade: true, anyUpdates: true }, listener);
}

/** Ends a roll-out, whoever carries it out: stores under way come to their end, those that it did not reach keep what they have. */
export async function abortUpgrade(scope: Scope): Promise<Applied> {
  const session = await openSession(scope);
  const open = await readOpenRollout(session.kube, scope.env);
  if (!open || open.now.state === "aborted") throw new UserError(open ? `roll-out ${open.now.id} is aborted already` : "there is no roll-out to abort", undefined, "usage");
  const { actor } = await whoAsks(session);
  await noteDown(session, { action: "operation.cancel", reason: `roll-out ${open.now.id} aborted` });
  await open.note(() => ({ state: "aborted", why: `by ${actor.person} on ${actor.host}`, bakeEnds: undefined }));
  return { env: scope.env, cluster: clusterAddressOf(session), stores: [], operation: null, rollout: summaryOf(open.now) };
}

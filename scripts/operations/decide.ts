import { originOf } from "../../stores/origin";
import type { Anew } from "../engine/run-decisions";
import { decide, isChanged, type Decision, type Wanted } from "../fleet/classify";
import { causesOf, type Cause } from "../fleet/causes";
import { withHosts } from "../fleet/hosts";
import type { Fleet } from "./open-fleet";

export interface PlanOptions {
  prune: boolean;
  skipUnchanged: boolean;
  /** Names to look at; empty: the whole fleet. */
  names: string[];
}

/** What a run would do with each store, without looking into the stores that change. */
export function decideFleet(fleet: Fleet, { prune, skipUnchanged, names }: PlanOptions): Decision[] {
  const decisions = decide(wantedOf(fleet), fleet.observed, { prune, skipUnchanged });
  return lookAtHosts(fleet, names.length === 0 ? decisions : decisions.filter(({ name }) => names.includes(name)));
}

/** Refuses, or puts in order, what stores would take from each other and from others. */
export function lookAtHosts({ session, shared, wanted, holders }: Fleet, decisions: Decision[]): Decision[] {
  return withHosts(decisions, { env: session.env, hostSuffix: shared.settings.hostSuffix, specs: wanted.map(({ spec }) => spec), holders });
}

/** Why a store is to be updated; nothing for any other, and for one that is as it should be and looked into all the same. */
export function whyOf({ wanted, shared }: Fleet, { name, action, observed }: Pick<Decision, "name" | "action" | "observed">): Cause[] {
  const listed = wanted.find(({ spec }) => spec.name === name);
  return isChanged({ action }) && observed && listed ? causesOf(observed, listed.digest, originOf(listed.spec, shared)) : [];
}

const wantedOf = ({ wanted }: Fleet): Wanted[] => wanted.map(({ spec, digest, engineAt }) => ({ name: spec.name, digest, engine: spec.engine, engineAt }));

/** The same for one store, by what is there now. */
export function decideAnew(fleet: Fleet, options: Pick<PlanOptions, "prune" | "skipUnchanged">): Anew {
  const listed = new Map(wantedOf(fleet).map((wanted) => [wanted.name, wanted]));
  return ({ name }, now) => {
    const wanted = listed.get(name);
    const [decision] = decide(wanted ? [wanted] : [], new Map(now ? [[name, now]] : []), options);
    // Neither listed nor there: another run was faster.
    return decision ?? { name, action: "delete" };
  };
}

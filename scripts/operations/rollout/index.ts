import { budgetOf, urgentPolicy, type RolloutPolicy } from "../../../config/rollout";
import { UserError } from "../../../config/errors";
import { storesCommand } from "../../../config/stores-command";
import { rolloutClaim } from "../../engine/claims";
import { idleStore, type AppliedStore } from "../../engine/run-decisions";
import type { Decision } from "../../fleet/classify";
import type { Fleet } from "../open-fleet";
import { newId } from "../records/operation";
import { groundOf, type RollIn } from "./ground";
import { readOpenRollout, RolloutRecord, type Rollout } from "./record";
import { runRollout } from "./run";
import { isAbout, split, targetOf } from "./split";
import { planWaves, type Candidate } from "./waves";

export interface RolloutOptions {
  /** Leave instead of waiting for a wave that bakes. */
  noWait?: boolean;
  /** Fewer waves, which bake for a tenth of the time. */
  urgent?: boolean;
  /** In place of the list's. */
  maxFailed?: number | string;
  includeSick?: boolean;
  /** Go on with one that halted or was aborted. */
  resume?: boolean;
}

/** How it is asked for. */
export interface Asked extends RolloutOptions {
  names: string[];
  /** By `upgrade`, which is about nothing else. */
  upgrade?: boolean;
  /** Updates that somebody asked for one by one. */
  anyUpdates: boolean;
}

export interface Prepared {
  atOnce: Decision[];
  waved: Decision[];
  /** Why those in waves keep the release that they have. */
  keep?: { result: "deferred" | "held"; why: string };
  open?: RolloutRecord;
  /** Milliseconds that a roll-out may take besides; absent: there is none to go on with. */
  waits?: number;
}

/** Tells what is changed at once from what goes in waves, and whether those can go on. */
export async function prepareRollout({ session: { kube, env }, wanted, observed, policy }: Fleet, decisions: Decision[], asked: Asked): Promise<Prepared> {
  if (!policy) return { atOnce: decisions, waved: [] };
  const found = await readOpenRollout(kube, env);
  const open = found && isAbout(found.now, targetOf(wanted)) ? found : undefined;
  const turning = new Set(wanted.flatMap(({ spec: { name, suspended } }) => (observed.has(name) && observed.get(name)?.suspended !== suspended ? [name] : [])));
  const parts = split(decisions, { turning, policy, listed: wanted.length, anyUpdates: asked.anyUpdates, open: open?.now });
  const keep = keepOf(open?.now, asked);
  if (keep) return { ...parts, keep, open };
  const goesOn = parts.waved.length > 0 || open !== undefined || found !== undefined;
  const waves = open?.now.waves ?? policy.waves;
  return { ...parts, open, ...(goesOn && { waits: waves.reduce((sum, { bake }) => sum + bake * 1000, 0) + 180_000 * (parts.waved.length + 1) }) };
}

function keepOf(open: Rollout | undefined, { names, upgrade, resume }: Asked): Prepared["keep"] {
  if (open?.state === "halted" && !resume) return { result: "deferred", why: `roll-out ${open.id} halted: ${open.why} — mend that and apply, or go on: ${storesCommand("upgrade --resume")}` };
  if (open?.state === "aborted" && !resume && !upgrade) return { result: "held", why: `roll-out ${open.id} was aborted: ${storesCommand("upgrade --resume")} goes on with it` };
  if (names.length > 0 && !upgrade) return { result: "deferred", why: `its release is another by now, which a named apply leaves as it is: ${storesCommand(`upgrade ${names[0]}`)}` };
  if (names.length > 0 && open && open.state !== "aborted") return { result: "deferred", why: `roll-out ${open.id} is under way: ${storesCommand("upgrade --resume")}, or --abort first` };
  return undefined;
}

/** Begins the roll-out, or goes on with it, where nobody else does. @returns what became of each store that is not changed at once, and of those that it changed besides */
export async function roll(at: RollIn, { waved, keep, open, waits }: Prepared, asked: Asked, say: (text: string) => void): Promise<{ stores: AppliedStore[]; rollout?: Rollout }> {
  const idle = (why: string, result: "deferred" | "held" = "deferred") => waved.map((it) => idleStore(it, result, why));
  if (keep) return { stores: idle(keep.why, keep.result), rollout: open?.now };
  if (waits === undefined) return { stores: [] };
  const claim = await at.record.claim(rolloutClaim);
  if ("heldBy" in claim) return { stores: idle(`the roll-out is carried out by ${claim.heldBy}`), rollout: open?.now };
  try {
    const record = await beginOrGoOn(at.fleet, waved, asked);
    if (!record) return { stores: [] };
    const signal = AbortSignal.any([at.context.signal, claim.signal]);
    const ground = groundOf({ ...at, context: { ...at.context, signal } });
    const applied: AppliedStore[] = [];
    try {
      applied.push(...(await runRollout(record, ground, { signal, say, noWait: asked.noWait, includeSick: asked.includeSick })));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      say(error.message);
    }
    return { stores: reportsOf(waved, applied, record.now), rollout: record.now };
  } finally {
    await claim.giveBack();
  }
}

async function beginOrGoOn({ session: { kube, env }, wanted, observed, policy }: Fleet, waved: Decision[], asked: Asked): Promise<RolloutRecord | undefined> {
  const found = await readOpenRollout(kube, env);
  const isSame = found && isAbout(found.now, targetOf(wanted));
  if (found && isSame && (found.now.state === "running" || asked.resume)) {
    if (found.now.state !== "running") await found.note((before) => resumed(before, asked));
    return found;
  }
  await found?.note(() => ({ state: "superseded" }));
  if (waved.length === 0 || !policy) return undefined;
  const id = newId(kube.now());
  const specs = new Map(wanted.map(({ spec }) => [spec.name, spec]));
  const candidates = waved.map(({ name, after = [] }): Candidate => {
    const { labels = {}, suspended = false } = specs.get(name) ?? {};
    const { lastError, receipt, intendedDigest } = observed.get(name) ?? {};
    return { name, labels, suspended, after, broken: lastError !== undefined || receipt?.digest !== intendedDigest };
  });
  const { waves, verify, maxFailed }: RolloutPolicy = asked.urgent ? urgentPolicy(policy) : policy;
  return RolloutRecord.make(kube, env, id, {
    target: targetOf(wanted), verify, maxFailed: budgetOf(asked.maxFailed ?? maxFailed, candidates.length), waves: planWaves(id, candidates, waves), wave: 0, failed: {}, sick: {},
  });
}

/** Those that failed come first; the wave bakes anew. */
function resumed(before: Rollout, { urgent, maxFailed }: RolloutOptions): Partial<Rollout> {
  const failed = Object.keys(before.failed);
  const members = before.waves.reduce((sum, it) => sum + it.members.length, 0);
  const waves = before.waves.map(({ members: its, bake, name }, index) => {
    const others = its.filter((it) => !failed.includes(it));
    return { name, bake: urgent ? bake / 10 : bake, members: index === before.wave ? [...failed, ...others] : others };
  });
  return { state: "running", why: undefined, bakeEnds: undefined, failed: {}, waves, ...(maxFailed !== undefined && { maxFailed: budgetOf(maxFailed, members) }) };
}

/** What became of each; what a roll-out did not come to keeps its release. */
function reportsOf(waved: Decision[], applied: AppliedStore[], { id, state, why, waves, sick }: Rollout): AppliedStore[] {
  const done = new Map(applied.filter(({ result }) => result !== "not started").map((it) => [it.name, it]));
  const left = waved.filter(({ name }) => !done.has(name)).map((it) => {
    if (sick[it.name] !== undefined) return idleStore(it, "sick", sick[it.name]);
    const its = waves.find(({ members }) => members.includes(it.name));
    return idleStore(it, "deferred", state === "halted" ? `roll-out ${id} halted: ${why}` : its ? `waits for wave ${its.name} of roll-out ${id}` : `comes after roll-out ${id}`);
  });
  return [...done.values(), ...left];
}

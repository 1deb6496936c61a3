import { hostname } from "node:os";
import { UserError } from "../../config/errors";
import { stackOf, type EnvironmentName } from "../../config/names";
import { readState } from "../../config/state";
import { holderInWords } from "../engine/locks";
import { cancelLocks, lockHolders, stackNames } from "../engine/recorded-stacks";
import type { LockHolder } from "../machine/foreign-words";
import { isRunning } from "../machine/os/process";
import { noteOfState } from "./records/of-state";
import type { Listener, Scope } from "./scope";
import { openState, severally } from "./state-place";

export interface LockedStack {
  name: string;
  locks: { host: string; pid: number; since: string }[];
}

export interface UnlockedStack extends LockedStack {
  /** held: by somebody who came meanwhile, and is left alone. */
  result: "unlocked" | "held";
}

/** Asked before locks are broken; throws where that is not wanted. */
export type UnlockConsent = (held: { env: EnvironmentName; stacks: LockedStack[]; typed: string | null }) => Promise<void>;

/**
 * Breaks locks whose holders are gone, as only a person can know: of the named stores, else of every stack of the environment. One whose
 * holder is seen to be at work is refused, and one that was not shown stays.
 */
export async function unlockState(scope: Pick<Scope, "env">, names: string[], consent: UnlockConsent, listener: Pick<Listener, "say" | "signal">, { secretsProvider } = readState(scope.env), open = openState, note = noteOfState): Promise<{ env: EnvironmentName; stacks: UnlockedStack[] }> {
  const { env } = scope;
  const { signal } = listener;
  const place = await open(scope, listener);
  const known = await stackNames(place, env);
  const wanted = names.length === 0 ? known : names.map((name) => stackOf(env, name));
  const unknown = wanted.filter((stack) => !known.includes(stack));
  if (unknown.length > 0) throw new UserError(`the state of ${env} has no stack ${unknown.join(", ")}`, undefined, "unknown-store");

  const look = async (name: string) => ({ name, holders: await lockHolders(place, name, secretsProvider) });
  const held = (await severally([...new Set(wanted)], signal, look)).filter(({ holders }) => holders.length > 0);
  const alive = held.find(({ holders }) => holders.some(({ host, pid }) => host === hostname() && isRunning(pid)));
  if (alive) throw new UserError(`stack ${alive.name} is held by a process that runs on this machine: ${alive.holders.map((holder) => holderInWords(holder)).join(" and ")}`, "End it with Ctrl-C, or wait for it.", "not-ready");
  if (held.length === 0 || signal.aborted) return { env, stacks: [] };
  await consent({ env, stacks: held.map(locked), typed: env === "local" ? null : env });
  await note(scope, { action: "state.unlocked", reason: held.map(({ name, holders }) => `${name}: ${holders.map((holder) => holderInWords(holder)).join(" and ")}`).join("; ").slice(0, 300) }, listener.say);

  const stacks = await severally(held, signal, async (seen): Promise<UnlockedStack> => {
    // Whoever asked may have thought about it for long.
    const now = await look(seen.name);
    const same = marks(now.holders) === marks(seen.holders);
    if (same) await cancelLocks(place, seen.name);
    return { ...locked(now.holders.length > 0 ? now : seen), result: same || now.holders.length === 0 ? "unlocked" : "held" };
  });
  return { env, stacks };
}

const locked = ({ name, holders }: { name: string; holders: LockHolder[] }): LockedStack => ({ name, locks: holders.map((holder) => ({ ...holder, since: new Date(holder.since).toISOString() })) });
const marks = (holders: LockHolder[]) => JSON.stringify([...holders].sort((a, b) => a.pid - b.pid));

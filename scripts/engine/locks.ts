import { setTimeout as delay } from "node:timers/promises";
import { parseStack } from "../../config/names";
import { byHand, storesCommand } from "../../config/stores-command";
import { holdersIn, type LockHolder } from "../machine/foreign-words";
import { duration } from "../machine/tools/progress";
import type { Outcome } from "./operation";

/** Seconds before each further try. */
const pauses = [5, 10, 20, 30, 40];

/** More or less of it by chance: two runs that met, and both gave way, do not meet again. */
const about = (seconds: number) => seconds * (0.75 + Math.random() / 2);

/** Milliseconds after which no operation of ours is under way any more: to wait for such a lock would be in vain. */
const longest = 60 * 60_000;

/** Tries again while another run holds the stack, a few times; then that is the outcome. */
export async function whileLocked<T extends Outcome>(attempt: () => Promise<T>, onStep: (text: string) => void, signal: AbortSignal): Promise<T | Outcome> {
  for (let tries = 0; ; tries++) {
    const outcome = await attempt();
    const pause = pauses[tries];
    if (outcome.failure?.kind !== "locked" || pause === undefined) return outcome;
    const holders = holdersIn(outcome.failure.message);
    if (holders.some(({ since }) => Date.now() - since > longest)) return outcome;
    onStep(`waiting for ${outcome.failure.heldBy || holders.map((holder) => holderInWords(holder)).join(" and ") || "another run"}`);
    await delay(about(pause) * 1000, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return { ...outcome, failure: { kind: "cancelled", message: "cancelled" } };
  }
}

/** `process 42 on laptop, which took the lock 3 min ago` */
export const holderInWords = ({ pid, host, since }: LockHolder, now = Date.now()) => `process ${pid} on ${host}, which took the lock ${duration(Math.max(0, now - since) / 1000)} ago`;

/** What somebody can do about a lock who knows that its holder is gone. Pulumi Cloud names none. */
export function unlockCommand(stack: string, holders: LockHolder[]): string {
  if (holders.length === 0) return byHand(`pulumi cancel --yes --stack ${stack}`);
  const { store } = parseStack(stack);
  return storesCommand(store ? `state unlock ${store}` : "state unlock");
}

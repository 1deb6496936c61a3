import { setTimeout as delay } from "node:timers/promises";
import { firstLine } from "../../../config/first-line";
import type { AppliedStore } from "../../engine/run-decisions";
import type { RolloutRecord } from "./record";

/** Milliseconds between two looks at stores that bake. */
const lookEvery = 30_000;

/** A member as the cluster has it. */
export interface Member {
  /** It has the wanted release, and passed its gate with just that. */
  done: boolean;
  /** Why it is not well, though nothing that was done with it is to blame. */
  sick?: string;
}

/** What a roll-out stands on. */
export interface Ground {
  /** The API server's clock. */
  now(): number;
  /** Members that are still listed, as they are now. */
  look(names: string[]): Promise<Map<string, Member>>;
  /** Brings stores to what is wanted, and through their gate. Calls `ended` for each before another one begins in its place. */
  change(names: string[], how: { verify: boolean; mayBegin: () => Promise<boolean>; ended: (report: AppliedStore) => Promise<void> }): Promise<AppliedStore[]>;
  /** Which of them are not well now, and why. */
  unwell(names: string[]): Promise<Map<string, string>>;
  /** Which of them do not pass their gate again. */
  recheck(names: string[], verify: boolean): Promise<Map<string, string>>;
  /** Leaves on a store why it is not as it should be. */
  blame(name: string, why: string): Promise<void>;
}

export interface RunHow {
  signal: AbortSignal;
  say: (text: string) => void;
  /** Leave instead of waiting for a wave that bakes. */
  noWait?: boolean;
  /** Stores that are not well get the release as well. */
  includeSick?: boolean;
  wait?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

const waiting = (milliseconds: number, signal: AbortSignal): Promise<void> => delay(milliseconds, undefined, { signal }).catch(() => undefined);

/**
 * Carries a roll-out on from where it is, wave by wave, until it is done, halts, or has to wait for somebody. May be killed anywhere: what is
 * done is read from the stores, and the record tells which wave comes next, when it has baked, and what failed.
 * @returns what was done with stores
 */
export async function runRollout(record: RolloutRecord, ground: Ground, how: RunHow): Promise<AppliedStore[]> {
  const applied: AppliedStore[] = [];
  const runs = () => record.now.state === "running" && !how.signal.aborted;
  while (runs()) {
    const at = record.now.waves[record.now.wave];
    if (!at) {
      await record.note(() => ({ state: "done" }));
      break;
    }
    const wave = new WaveRun(record, ground, how, at);
    applied.push(...(await wave.change()));
    if (!runs() || !(await wave.isThrough()) || !(await wave.bake())) break;
    await record.note((before) => ({ wave: before.wave + 1, bakeEnds: undefined }));
  }
  return applied;
}

class WaveRun {
  private readonly verify: boolean;

  constructor(
    private readonly record: RolloutRecord,
    private readonly ground: Ground,
    private readonly how: RunHow,
    private readonly at: RolloutRecord["now"]["waves"][number],
  ) {
    const { verify, wave } = record.now;
    this.verify = verify === "all" || (verify === "canary" && wave === 0);
  }

  async change(): Promise<AppliedStore[]> {
    const open = await this.open();
    const sick = this.how.includeSick ? [] : open.filter(([, { sick: why }]) => why !== undefined);
    const named = Object.fromEntries(sick.map(([name, { sick: why = "" }]) => [name, firstLine(why, 300)]));
    const others = Object.entries(this.record.now.sick).filter(([name]) => !this.at.members.includes(name));
    const next = { ...Object.fromEntries(others), ...named };
    if (JSON.stringify(next) !== JSON.stringify(this.record.now.sick)) await this.record.note(() => ({ sick: next }));
    const names = open.filter((it) => !sick.includes(it)).map(([name]) => name);
    if (names.length === 0) return [];
    this.how.say(`roll-out ${this.record.now.id}: wave ${this.record.now.wave + 1} of ${this.record.now.waves.length} (${this.at.name}), ${names.length === 1 ? names[0] : `${names.length} stores`}`);
    let over: unknown;
    const applied = await this.ground.change(names, {
      verify: this.verify,
      mayBegin: async () => over === undefined && this.record.now.state === "running" && (await this.record.goesOn()),
      ended: async ({ name, result, code, error }) => {
        // Another run that has the store, or Ctrl-C, is no fault of the release.
        if (result === "failed" && code !== "locked") await this.fail(name, error ?? "").catch((lost: unknown) => (over = lost));
      },
    });
    // What failed could not be noted down: nobody may go on as if it had not.
    if (over !== undefined) throw over;
    return applied;
  }

  /** Whether nothing of the wave is left that could still get the release. */
  async isThrough(): Promise<boolean> {
    const left = (await this.open()).map(([name]) => name).filter((name) => !(name in this.record.now.sick));
    if (left.length > 0) this.how.say(`roll-out ${this.record.now.id} is not finished: ${left.join(", ")} could not be changed now`);
    return left.length === 0;
  }

  /** Whether the wave stayed well for as long as it has to. */
  async bake(): Promise<boolean> {
    const { members, bake, name: wave } = this.at;
    const { record, ground, how } = this;
    const names = bake === 0 ? [] : [...(await ground.look(members))].filter(([, { done }]) => done).map(([name]) => name);
    if (names.length === 0) return true;
    if (record.now.bakeEnds === undefined) await record.note(() => ({ bakeEnds: new Date(ground.now() + bake * 1000).toISOString() }));
    const ends = Date.parse(record.now.bakeEnds ?? "");
    const left = () => ends - ground.now();
    if (left() > 0) how.say(`roll-out ${record.now.id}: wave ${wave} bakes until ${record.now.bakeEnds}`);
    if (left() > 0 && how.noWait) return false;
    let suspects: string[] = [];
    while (left() > 0) {
      await (how.wait ?? waiting)(Math.min(lookEvery, left()), how.signal);
      if (how.signal.aborted || !(await record.goesOn())) return false;
      // A bad minute of the API server is none of the shops'.
      const ill = await ground.unwell(names).catch(() => new Map<string, string>());
      for (const [name, why] of ill) if (suspects.includes(name)) await this.failAfter(name, why);
      if (record.now.state !== "running") return false;
      suspects = [...ill.keys()];
    }
    const again = await ground.recheck(names.filter((name) => !(name in record.now.failed)), this.verify);
    for (const [name, why] of again) await this.failAfter(name, why);
    return record.now.state === "running" && !how.signal.aborted;
  }

  /** Listed members that have neither got there nor failed. */
  private async open(): Promise<[name: string, Member][]> {
    const seen = await this.ground.look(this.at.members);
    return this.at.members.flatMap((name): [string, Member][] => {
      const member = seen.get(name);
      return member && !member.done && !(name in this.record.now.failed) ? [[name, member]] : [];
    });
  }

  private async failAfter(name: string, why: string): Promise<void> {
    await this.ground.blame(name, why);
    await this.fail(name, why);
  }

  /** One store alone is the test of a release; else it halts when more failed than may. */
  private fail(name: string, why: string): Promise<void> {
    return this.record.note(({ failed: before, maxFailed }) => {
      const failed = { ...before, [name]: firstLine(why, 300) };
      const halts = Object.keys(failed).length > maxFailed || this.at.members.length === 1;
      return { failed, ...(halts && { state: "halted" as const, why: `${name}: ${failed[name]}` }) };
    });
  }
}

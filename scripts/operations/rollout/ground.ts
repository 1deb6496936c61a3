import { ofPart } from "../../engine/progress";
import type { RunContext } from "../../engine/run-context";
import { runDecisions } from "../../engine/run-decisions";
import type { StoreRecord } from "../../engine/store-record";
import type { Decision } from "../../fleet/classify";
import { fleetStatus } from "../../fleet/status";
import { forEachLimited } from "../../machine/os/limited";
import { beforeUpgrade } from "../before-upgrade";
import { decideAnew, decideFleet } from "../decide";
import { seeAgain, specsOf, type Fleet } from "../open-fleet";
import type { Progress, Scope } from "../scope";
import { Gate, isDone } from "./gate";
import type { Ground, Member } from "./run";

export interface RollIn {
  fleet: Fleet;
  scope: Scope;
  context: RunContext;
  record: StoreRecord;
  lanes: number;
  progress: Progress;
}

/** What is done before any store of a fleet gets another release. */
export const aroundUpgrades = ({ session }: Fleet) => ({
  before: (...[spec, observed, onStep, signal]: Parameters<NonNullable<Parameters<typeof runDecisions>[0]["around"]>["before"]>) => beforeUpgrade({ session, spec, observed, onStep, signal }),
});

/** A roll-out's ground: the fleet, as the list was when the run began and as the cluster is with each look. */
export function groundOf({ fleet, scope, context, record, lanes, progress }: RollIn): Ground {
  const { kube, env } = fleet.session;
  const how = { prune: false, skipUnchanged: true, names: [] };
  const specs = specsOf(fleet);
  let seen = fleet;
  let decisions = new Map<string, Decision>();

  const trouble = async (names: string[]): Promise<Map<string, string>> => {
    const of = names.flatMap((name) => specs.get(name) ?? []);
    const observed = new Map([...seen.observed].filter(([name]) => names.includes(name)));
    const rows = await fleetStatus(kube, env, of, observed, fleet.shared);
    return new Map(rows.flatMap(({ name, phase, reason }) => (phase === "READY" || phase === "SUSPENDED" ? [] : [[name, `${phase}${reason ? `: ${reason}` : ""}`]])));
  };
  const look = async () => {
    seen = await seeAgain(fleet);
    decisions = new Map(decideFleet(seen, how).map((it) => [it.name, it]));
  };
  const digestOf = new Map(fleet.wanted.map(({ spec, digest }) => [spec.name, digest]));

  return {
    now: () => kube.now(),
    async look(names) {
      await look();
      const listed = names.filter((name) => specs.has(name));
      const isOpen = (name: string) => !(seen.observed.has(name) && isDone(seen.observed.get(name)!, digestOf.get(name)!));
      // What an operation left half done is to be mended by the next one.
      const isWhole = (name: string) => seen.observed.get(name)?.lastError === undefined && seen.observed.get(name)?.receipt?.digest === seen.observed.get(name)?.intendedDigest;
      const ill = await trouble(listed.filter((name) => isOpen(name) && isWhole(name) && seen.observed.has(name)));
      return new Map(listed.map((name): [string, Member] => {
        const { action, reason } = decisions.get(name) ?? {};
        return [name, { done: !isOpen(name), sick: action === "refused" ? reason : ill.get(name) }];
      }));
    },
    async change(names, { verify, mayBegin, ended }) {
      const gate = new Gate(fleet, scope, verify);
      // One that is as wanted has only the gate before it: when its turn comes, it is found to be unchanged.
      const work = names.flatMap((name) => decisions.get(name) ?? []).map((it): Decision => (it.action === "unchanged" ? { ...it, action: "update" } : it));
      const around = { ...aroundUpgrades(fleet), mayBegin, ended, after: (...args: Parameters<Gate["pass"]>) => gate.pass(...args) };
      return runDecisions({ ...context, record, around }, specs, work, decideAnew(fleet, how), lanes, ofPart(progress));
    },
    async unwell(names) {
      await look();
      return trouble(names);
    },
    async recheck(names, verify) {
      const gate = new Gate(fleet, scope, verify);
      const failed = new Map<string, string>();
      await forEachLimited(names, lanes, context.signal, async (name) => {
        const failure = await gate.pass(specs.get(name)!, () => {}, context.signal);
        if (failure && failure.kind !== "cancelled") failed.set(name, failure.message);
      });
      return failed;
    },
    blame: (name, why) => new Gate(fleet, scope, false).blame(name, why),
  };
}

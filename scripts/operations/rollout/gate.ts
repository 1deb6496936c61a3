import type { StoreSpec } from "../../../config/spec";
import { annotations } from "../../../stores/labels";
import type { Failure } from "../../engine/operation";
import { isUnchanged } from "../../fleet/classify";
import { observeStore } from "../../fleet/observe";
import { fleetStatus } from "../../fleet/status";
import { until } from "../../machine/os/until";
import { verify } from "../../shops/verify";
import type { Fleet } from "../open-fleet";
import type { Scope } from "../scope";
import { shopToVerify } from "../verify";

/** How long a store may take to be READY once Helm has said that it is deployed: its Ingress, its certificate. */
export const patience = { within: 60_000, every: 500 };

/** What a store with another release has to pass before others get it: it is READY and, where pods are real, sells. What passed is noted on it. */
export class Gate {
  constructor(
    private readonly fleet: Fleet,
    private readonly scope: Scope,
    private readonly places: boolean,
  ) {}

  /** @returns why it did not pass, which stands on the store as well */
  async pass(spec: StoreSpec, onStep: (text: string) => void, signal: AbortSignal): Promise<Failure | undefined> {
    const why = await this.troubleOf(spec, onStep, signal).catch((error: Error) => error.message);
    // Nobody waited for an answer.
    if (signal.aborted) return { kind: "cancelled", message: "cancelled" };
    if (why === undefined) return undefined;
    await this.blame(spec.name, why);
    return { kind: "gate", message: why };
  }

  async blame(name: string, why: string): Promise<void> {
    const { kube, env } = this.fleet.session;
    const seen = await observeStore(kube, env, name);
    if (seen) await kube.merge(`/api/v1/namespaces/${seen.namespace}`, { metadata: { annotations: { [annotations.lastError]: why.slice(0, 2000) } } });
  }

  private async troubleOf(spec: StoreSpec, onStep: (text: string) => void, signal: AbortSignal): Promise<string | undefined> {
    const { session, shared, wanted } = this.fleet;
    const { kube, env } = session;
    const digest = wanted.find((it) => it.spec.name === spec.name)?.digest ?? "";
    onStep("waiting until it is READY");
    let last = "";
    const ready = await until(async () => {
      const seen = await observeStore(kube, env, spec.name);
      const [row] = seen ? await fleetStatus(kube, env, [spec], new Map([[spec.name, seen]]), shared) : [];
      last = row ? `${row.phase}${row.reason ? `: ${row.reason}` : ""}` : "gone";
      return row && (row.phase === "READY" || row.phase === "SUSPENDED") && seen ? { row, seen } : undefined;
    }, { ...patience, signal });
    if (!ready) return `it has the release, and is not READY: ${last}`;
    if (!isUnchanged(ready.seen, digest)) return "it was changed by somebody else meanwhile";
    if (this.places && ready.row.phase === "READY" && !session.cluster.simulated) {
      onStep("placing an order");
      const { passed, steps } = await verify(await shopToVerify(session, this.scope, spec.name), ({ step }) => onStep(step), signal);
      const failed = steps.find(({ result }) => result === "failed");
      if (!passed) return `it has the release, and does not sell: ${failed ? `${failed.step}: ${failed.detail}` : "verify did not pass"}`;
    }
    await kube.merge(`/api/v1/namespaces/${ready.seen.namespace}`, { metadata: { annotations: { [annotations.verified]: digest } } });
    return undefined;
  }
}

/** It has what is wanted, and passed the gate with just that. */
export const isDone = (observed: Parameters<typeof isUnchanged>[0], digest: string): boolean => isUnchanged(observed, digest) && observed.verified === digest;

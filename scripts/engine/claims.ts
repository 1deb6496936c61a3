import { recordLabels, control } from "../../infra/control";
import { isConflict, type Kube, type KubeObject } from "../../kube";
import { isKnownGone, type PlacedProcess } from "../machine/os/placed-process";

/** Seconds for which a claim holds without being renewed, and milliseconds between renewals. */
const lasts = 15;
export const renewEvery = 5_000;

/** Who has a store, for people: `operation 20261127-…, process 42 on laptop`. */
export type HolderInWords = string;

/** Who claims. */
export interface Claimant {
  env: string;
  /** For people; differs from every other claimant's. */
  inWords: HolderInWords;
  process: PlacedProcess;
}

const collection = `/apis/coordination.k8s.io/v1/namespaces/${control.namespace}/leases`;
/** What no store can be called: a name holds no capital. */
export const runnerClaim = "Runner";
export const rolloutClaim = "Rollout";
const processAnnotation = "storefleet.dev/process";
/** What is claimed: a store by its name, or what else only one may do at a time. */
const nameOf = (what: string) => (what === runnerClaim || what === rolloutClaim ? what.toLowerCase() : `store-${what}`);

/** By the API server's clock, which is the one that tells when it was renewed. */
const stamp = (kube: Kube) => new Date(kube.now()).toISOString().replace("Z", "000Z");

/**
 * The stores that this process works on: a Lease each, renewed while it does. It covers what the lock of the store's state does not:
 * repairs, waiting, the deletion of what is left.
 */
export class Claims {
  private readonly held = new Map<string, { version: string; lost: () => void }>();

  constructor(
    private readonly kube: Kube,
    private readonly own: Claimant,
  ) {}

  /** Takes a store, unless somebody else has it: then says who. `lost` is called when somebody took it over from a process that seemed dead. */
  async take(store: string, lost: () => void): Promise<HolderInWords | undefined> {
    // Mostly nobody has it, which need not be asked.
    for (let lease: KubeObject | undefined; ; lease = await this.kube.get(`${collection}/${nameOf(store)}`)) {
      const other = lease && lease.spec?.holderIdentity !== this.own.inWords ? lease : undefined;
      if (other && !this.isOver(other)) return String(other.spec?.holderIdentity);
      const mine = await this.write(store, lease);
      if (mine) {
        this.held.set(store, { version: mine.metadata.resourceVersion ?? "", lost });
        return undefined;
      }
    }
  }

  /** Makes or takes over a Lease; nothing where another was faster. */
  private async write(store: string, lease: KubeObject | undefined): Promise<KubeObject | undefined> {
    const now = stamp(this.kube);
    const spec = { holderIdentity: this.own.inWords, leaseDurationSeconds: lasts, acquireTime: now, renewTime: now };
    const annotations = { [processAnnotation]: JSON.stringify(this.own.process) };
    try {
      if (lease) return await this.kube.merge(`${collection}/${nameOf(store)}`, { metadata: { annotations, resourceVersion: lease.metadata.resourceVersion }, spec });
      const labels = { [recordLabels.kind]: "claim", [recordLabels.env]: this.own.env };
      return await this.kube.create(collection, { apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata: { name: nameOf(store), labels, annotations }, spec });
    } catch (error) {
      if (isConflict(error)) return undefined;
      throw error;
    }
  }

  /** Its holder is gone, or has not renewed it for long enough, by the clock that stamped it. */
  private isOver(lease: KubeObject): boolean {
    const seconds = (lease.spec?.leaseDurationSeconds as number | undefined) ?? lasts;
    return isLeft(lease, lease.metadata.annotations?.[processAnnotation], this.kube.now(), seconds * 1000);
  }

  /** Renews all that is held. What could not be asked for now is asked for the next time. */
  async renew(): Promise<void> {
    await Promise.all([...this.held].map(async ([store, claim]) => {
      const path = `${collection}/${nameOf(store)}`;
      try {
        const renewed = await this.kube.merge(path, { metadata: { resourceVersion: claim.version }, spec: { renewTime: stamp(this.kube) } });
        if (renewed) claim.version = renewed.metadata.resourceVersion ?? "";
        else this.lose(store, claim);
      } catch (error) {
        if (!isConflict(error)) return;
        const now = await this.kube.get(path).catch(() => undefined);
        if (now?.spec?.holderIdentity === this.own.inWords) claim.version = now.metadata.resourceVersion ?? "";
        else if (now) this.lose(store, claim);
      }
    }));
  }

  private lose(store: string, claim: { lost: () => void }): void {
    // It may have been given back meanwhile.
    if (this.held.get(store) !== claim) return;
    this.held.delete(store);
    claim.lost();
  }

  /** Gives a store back, unless somebody took it over. What can not be given back now ends by itself. */
  async giveBack(store: string): Promise<void> {
    const claim = this.held.get(store);
    if (!claim) return;
    this.held.delete(store);
    const path = `${collection}/${nameOf(store)}`;
    for (let version: string | undefined = claim.version; version !== undefined; ) {
      try {
        return await this.kube.remove(path, undefined, version);
      } catch (error) {
        if (!isConflict(error)) throw error;
        // Renewed just now, or somebody else's.
        const lease = await this.kube.get(path);
        version = lease?.spec?.holderIdentity === this.own.inWords ? lease.metadata.resourceVersion : undefined;
      }
    }
  }
}

/**
 * Whether nobody looks after an object any more: the process that it names is known to be gone, or wrote nothing for too long, by the times
 * that the API server stamped on it.
 * @param now by the same clock
 * @param silence milliseconds that may pass between two writes
 */
export function isLeft({ metadata }: KubeObject, process: string | undefined, now: number, silence: number): boolean {
  const written = processOf(process);
  if (written && isKnownGone(written)) return true;
  const times = [metadata.creationTimestamp, ...(metadata.managedFields ?? []).map(({ time }) => time ?? "")];
  return now - Math.max(...times.map((time) => Date.parse(time) || 0)) > silence;
}

/** Of a text that anybody may have written. */
function processOf(text: string | undefined): PlacedProcess | undefined {
  try {
    const { pid, identity, place } = JSON.parse(text ?? "") as Partial<PlacedProcess>;
    if (typeof pid !== "number" || typeof identity !== "string" || typeof place?.boot !== "string") return undefined;
    return { pid, identity, place: { boot: place.boot, machine: "", namespace: String(place.namespace) } };
  } catch {
    return undefined;
  }
}

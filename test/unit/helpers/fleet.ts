import { setMaxListeners } from "node:events";
import { readSettings } from "../../../config/environment";
import { namespaceOf, stackOf } from "../../../config/names";
import { resolveStore, type Engine as ShopEngine, type StoreEntry, type StoreSpec } from "../../../config/spec";
import { noChanges, type Failure, type Operation, type Outcome, type WhileHeld } from "../../../scripts/engine/operation";
import type { Progress } from "../../../scripts/engine/progress";
import type { StoreRecord } from "../../../scripts/engine/store-record";
import type { RunContext } from "../../../scripts/engine/run-context";
import type { Observed } from "../../../scripts/fleet/observe";
import type { Fleet } from "../../../scripts/operations/open-fleet";
import { annotations, labels, receiptName } from "../../../stores/labels";
import { managers } from "../../../stores/managers";
import { FakeKube } from "./fake-kube";

export const specOf = (name: string, more: Partial<StoreEntry> & { engine?: ShopEngine } = {}): StoreSpec =>
  resolveStore({ engine: "woocommerce", ...more, name }, {});

/** Where a list says which engine. */
export const engineAt = { file: "stores.yaml", line: 2, column: 13, path: ["defaults", "engine"], value: "medusa" };

/** A store that runs as it was wanted. */
export function observedStore(store: string, more: Partial<Observed> = {}): Observed {
  const digest = `digest of ${store}`;
  return {
    store,
    engine: "woocommerce",
    namespace: namespaceOf("local", store),
    uid: `uid of ${namespaceOf("local", store)}`,
    createdAt: "2026-01-01T00:00:00Z",
    deleting: false,
    protected: false,
    suspended: false,
    intendedDigest: digest,
    receipt: { digest, engine: "woocommerce", url: `http://${store}.example.com`, createdAt: "2026-01-01T00:01:30Z", stack: stackOf("local", store), held: false },
    releases: [{ name: "woocommerce", status: "deployed", revision: 1 }],
    ...more,
  };
}

/** Puts a store's namespace, receipt and Helm record into a cluster. */
export function putStore(kube: FakeKube, store: string, more: { annotations?: Record<string, string>; status?: string; namespace?: string; env?: "local" | "prod" } = {}): string {
  const env = more.env ?? "local";
  const namespace = more.namespace ?? namespaceOf(env, store);
  const marks = { [labels.env]: env, [labels.store]: store };
  const path = `/api/v1/namespaces/${namespace}`;
  kube.put(path, { metadata: { labels: { ...marks, [labels.engine]: "woocommerce" }, annotations: { [annotations.digest]: "d1", ...more.annotations } } });
  kube.put(`${path}/configmaps/${receiptName}`, {
    metadata: { labels: { ...marks, [labels.receipt]: "true" }, creationTimestamp: "2026-01-01T00:01:30Z" },
    data: { digest: "d1", engine: "woocommerce", url: `http://${store}.example.com`, stack: stackOf(env, store) },
  });
  kube.put(`${path}/configmaps/sh.helm.release.v1.woocommerce.v1`, {
    metadata: { labels: { owner: "helm", name: "woocommerce", status: more.status ?? "deployed", version: "1" } },
  });
  kube.put(`/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/rolebindings/${managers.name}`);
  return path;
}

/**
 * A pool that answers each operation with the next of the given failures, then with success. A missing or locked stack
 * is met before the lock is held, everything else after.
 */
export function fakeEngine(
  failures: (Failure | undefined)[] = [],
  { signal = new AbortController().signal, kube = new FakeKube(), changes = { ...noChanges(), create: 1 } } = {},
) {
  // Mocked timers forget to take their listeners away.
  setMaxListeners(0, signal);
  const operations: Operation[] = [];
  const pool = {
    run: async (operation: Operation, _onStep: unknown, _signal: unknown, whileHeld?: WhileHeld): Promise<Outcome> => {
      const failure = failures[operations.length];
      operations.push(operation);
      const locked = failure?.kind === "locked" || failure?.kind === "not-found";
      if (operation.hold && !locked && !(await whileHeld?.())) return { changes: noChanges(), steps: [] };
      return { changes: failure ? noChanges() : changes, steps: [], failure };
    },
  };
  const session = { env: "local", kube, variables: { STOREFLEET_PULUMI: "/nowhere/pulumi" }, cluster: { context: "a-context" } };
  return { engine: { session, pool, workFolder: "/nowhere", signal, record: unrecorded(signal) } as unknown as RunContext & { record: StoreRecord }, operations, kube };
}

/** A record that nobody keeps. */
export const unrecorded = (signal = new AbortController().signal): StoreRecord => ({ begin: async () => ({ signal }), claim: async () => ({ signal, giveBack: async () => {} }), step() {}, end() {} });

/** A fleet in which each spec's digest is what `observedStore` has. */
export function fleetOf(specs: StoreSpec[], observed: Observed[], context = "a-context"): Fleet {
  return {
    session: { env: "local", cluster: { context } },
    shared: { settings: readSettings("local"), secretRevisions: {}, digest: "", cluster: "uid of a-context" },
    wanted: specs.map((spec) => ({ spec, digest: `digest of ${spec.name}`, engineAt })),
    observed: new Map(observed.map((it) => [it.store, it])),
    holders: [],
  } as unknown as Fleet;
}

/** Progress as lines. */
export function recordedProgress(): Progress & { lines: string[] } {
  const lines: string[] = [];
  return {
    lines,
    begin: (total) => lines.push(`begin ${total}`),
    step: (store, text) => lines.push(`${store}: ${text}`),
    end: (store, text, failed) => lines.push(`${failed ? "failed" : "done"} ${store}: ${text}`),
    close: () => lines.push("close"),
  };
}

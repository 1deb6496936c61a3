import assert from "node:assert/strict";
import type { EnvironmentSettings } from "../../../../config/environment";
import { probeIsolation } from "../../../../scripts/engine/probe-isolation";
import { FakeKube } from "../../helpers/fake-kube";

const settings = { images: { overrides: { redis: "redis:7.0" } } } as EnvironmentSettings;
const patience = { start: 60, answer: 60 };
const never = new AbortController().signal;

/** A cluster whose pods start and end as they are told. */
class Cluster extends FakeKube {
  readonly images = new Set<string>();

  constructor(private readonly statusOf: (name: string) => object) {
    super();
  }

  override async apply(path: string, object: Parameters<FakeKube["apply"]>[1]): Promise<void> {
    const [, name] = /\/pods\/(.+)$/.exec(path) ?? [];
    if (name) this.images.add((object.spec as { containers: [{ image: string }] }).containers[0].image);
    await super.apply(path, { ...object, ...(name && { status: this.statusOf(name) as Record<string, unknown> }) });
  }

  /** Namespaces of the probe that are left. */
  get left(): string[] {
    return [...this.objects.keys()].filter((path) => path.startsWith("/api/v1/namespaces/storefleet-probe-"));
  }
}

const running = { podIP: "10.0.0.1", containerStatuses: [{ ready: true }] };
const ended = (phases: Record<string, string>) => (name: string) => (name in phases ? { phase: phases[name] } : running);
const probe = async (cluster: Cluster) => {
  const found = await probeIsolation(cluster.asKube, settings, never, patience);
  assert.deepEqual(cluster.left, [], "its namespace stayed");
  return found;
};

describe("probe of network policies", () => {
  it("enforced: the closed server is reached before its policy, and not after", async () => {
    const cluster = new Cluster(ended({ before: "Succeeded", after: "Succeeded" }));
    assert.deepEqual(await probe(cluster), { enforcement: "enforced", reason: "" });
    const made = cluster.changes.map((change) => change.replace(/storefleet-probe-[0-9a-f]{8}/, "N").replace(/^(\S+) .*\/(\S+)$/, "$1 $2"));
    assert.deepEqual(made, ["APPLY N", "APPLY open", "APPLY closed", "APPLY before", "APPLY close", "APPLY after", "DELETE N"]);
    assert.deepEqual([...cluster.images], ["redis:7.0"]);
  });

  it("open: it is reached after it as well", async () => assert.deepEqual(await probe(new Cluster(ended({ before: "Succeeded", after: "Failed" }))), { enforcement: "open", reason: "" }));

  it("unknown: pods that do not start are named with their reason", async () => {
    const { enforcement, reason } = await probe(new Cluster(() => ({ containerStatuses: [{ name: "probe", ready: false, state: { waiting: { reason: "ImagePullBackOff", message: "no such image" } } }] })));
    assert.equal(enforcement, "unknown");
    assert.match(reason, /^the probe's servers did not start: .*no such image/);
  });

  it("unknown: they do not reach each other without a policy either", async () => {
    const { enforcement, reason } = await probe(new Cluster(ended({ before: "Failed" })));
    assert.deepEqual([enforcement, /do not reach each other, without any policy/.test(reason)], ["unknown", true]);
  });

  it("removes what an ended run left, and leaves alone what may be another run's", async () => {
    const cluster = new Cluster(ended({ before: "Succeeded", after: "Succeeded" }));
    const labels = { "storefleet.dev/probe": "isolation" };
    const at = (name: string, age: number) => cluster.put(`/api/v1/namespaces/${name}`, { metadata: { labels, creationTimestamp: new Date(Date.now() - age).toISOString() } });
    at("storefleet-probe-old", 700_000);
    at("storefleet-probe-new", 60_000);
    await probeIsolation(cluster.asKube, settings, never, patience);
    assert.deepEqual(cluster.left, ["/api/v1/namespaces/storefleet-probe-new"]);
  });

  it("the namespace goes when the API server fails half-way", async () => {
    const cluster = new Cluster(() => running);
    cluster.before = (path) => {
      if (path.endsWith("/pods/closed")) throw new Error("away");
    };
    await assert.rejects(probeIsolation(cluster.asKube, settings, never, patience), /away/);
    assert.deepEqual(cluster.left, []);
  });
});

import { KubeError, type Kube, type KubeObject } from "../../../kube";

type Fields = Omit<Partial<KubeObject>, "metadata"> & { metadata?: Partial<KubeObject["metadata"]>; [field: string]: unknown };

/** A cluster in memory, with the calls of `Kube`; objects are found by their path. */
export class FakeKube {
  readonly objects = new Map<string, KubeObject>();
  /** What was changed, in order: `DELETE /api/v1/…`, `PATCH /api/v1/…`. */
  readonly changes: string[] = [];
  /** What was asked for, in order. */
  readonly reads: { path: string; metadataOnly: boolean }[] = [];
  /** Called before each call is answered; may change the cluster, or throw. */
  before: (path: string) => void = () => {};

  put(path: string, object: Fields = {}): this {
    const [, namespace] = /\/namespaces\/([^/]+)\/./.exec(path) ?? [];
    const name = path.slice(path.lastIndexOf("/") + 1);
    const metadata = { name, namespace, uid: `uid of ${name}`, creationTimestamp: "2026-01-01T00:00:00Z", ...object.metadata };
    this.objects.set(path, { ...object, metadata });
    return this;
  }

  async list(path: string, { labels = "", fields = "", metadataOnly = false } = {}): Promise<KubeObject[]> {
    this.before(path);
    this.reads.push({ path, metadataOnly });
    return [...this.objects]
      .filter(([at]) => collectionOf(at) === path || everywhere(collectionOf(at)) === path)
      .map(([, object]) => object)
      .filter(({ metadata }) => matches(labels, metadata.labels ?? {}))
      .filter((object) => matches(fields, object as unknown as Record<string, string>));
  }

  async get(path: string): Promise<KubeObject | undefined> {
    this.before(path);
    this.reads.push({ path, metadataOnly: false });
    return this.objects.get(path);
  }

  /** Every right that is asked about is there. */
  async create(path: string): Promise<KubeObject> {
    this.before(path);
    return { metadata: { name: "", creationTimestamp: "" }, status: { allowed: true } };
  }

  async apply(path: string, object: Fields): Promise<void> {
    this.before(path);
    this.changes.push(`APPLY ${path}`);
    this.put(path, object);
  }

  async merge(path: string, patch: { metadata?: { annotations: Record<string, string | null> } }): Promise<void> {
    this.before(path);
    this.changes.push(`PATCH ${path}`);
    const object = this.objects.get(path);
    if (!object) return;
    const merged = Object.entries({ ...object.metadata.annotations, ...patch.metadata?.annotations }).filter(([, value]) => value !== null);
    object.metadata.annotations = Object.fromEntries(merged) as Record<string, string>;
  }

  async remove(path: string): Promise<void> {
    this.before(path);
    this.changes.push(`DELETE ${path}`);
    const [gone = ""] = path.split("?");
    for (const at of [...this.objects.keys()]) if (at === gone || at.startsWith(`${gone}/`)) this.objects.delete(at);
  }

  async text(path: string): Promise<string> {
    throw new KubeError(404, `no ${path}`);
  }

  heeding(): this {
    return this;
  }

  /** The same, to whoever wants the real one. */
  get asKube(): Kube {
    return this as unknown as Kube;
  }
}

const collectionOf = (path: string) => path.slice(0, path.lastIndexOf("/"));
/** The path and what is looked at of an ingress controller's pod. */
export const controllerPod: [string, Fields] = [
  "/api/v1/namespaces/traefik/pods/traefik-0",
  { metadata: { labels: { "app.kubernetes.io/name": "traefik" } }, status: { conditions: [{ type: "Ready", status: "True" }] } },
];

/** The collection of a kind in all namespaces. */
const everywhere = (collection: string) => collection.replace(/\/namespaces\/[^/]+\//, "/");

/** `a=b,c`: a has that value, c is there. */
function matches(selector: string, values: Record<string, string>): boolean {
  return selector
    .split(",")
    .filter(Boolean)
    .every((term) => {
      const [, key = "", not, value] = /^([^!=]+)(?:(!?)=(.*))?$/.exec(term) ?? [];
      if (not) return values[key] !== value;
      return value === undefined ? key in values : values[key] === value;
    });
}

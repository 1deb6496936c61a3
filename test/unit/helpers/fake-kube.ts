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
  /** The API server's clock. */
  now = (): number => Date.now();
  private version = 0;

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

  /** What the API server is asked is answered with yes; anything else is made, unless it is there. */
  async create(path: string, object: Fields = {}): Promise<KubeObject> {
    this.before(path);
    if (/reviews$/.test(path)) return { metadata: { name: "", creationTimestamp: "" }, status: { allowed: true, userInfo: { username: "somebody" } } };
    const at = `${path}/${object.metadata?.name}`;
    this.changes.push(`POST ${at}`);
    if (this.objects.has(at)) throw new KubeError(409, `${at} already exists`);
    this.put(at, structuredClone(object));
    return this.written(at);
  }

  async apply(path: string, object: Fields): Promise<void> {
    this.before(path);
    this.changes.push(`APPLY ${path}`);
    this.put(path, object);
  }

  async merge(path: string, patch: Fields): Promise<KubeObject | undefined> {
    this.before(path);
    this.changes.push(`PATCH ${path}`);
    const object = this.objects.get(path);
    if (!object) return undefined;
    const { resourceVersion } = patch.metadata ?? {};
    if (resourceVersion !== undefined && resourceVersion !== object.metadata.resourceVersion) throw new KubeError(409, `${path} has been modified`);
    if (object.immutable && "data" in patch) throw new KubeError(422, `${path} is immutable`);
    this.objects.set(path, merged(object, patch) as KubeObject);
    return this.written(path);
  }

  /** As the API server answers: a new version, with the time of it. */
  private written(path: string): KubeObject {
    const object = this.objects.get(path) as KubeObject;
    object.metadata.resourceVersion = String((this.version += 1));
    object.metadata.managedFields = [{ time: new Date(this.now()).toISOString() }];
    return structuredClone(object);
  }

  async remove(path: string, _uid?: string, version?: string): Promise<void> {
    this.before(path);
    this.changes.push(`DELETE ${path}`);
    const its = this.objects.get(path)?.metadata.resourceVersion;
    if (version !== undefined && its !== undefined && version !== its) throw new KubeError(409, `${path} has been modified`);
    const [gone = "", query] = path.split("?");
    if (query === "dryRun=All") return;
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

/** As a JSON merge patch has it. */
function merged(value: unknown, patch: unknown): unknown {
  if (typeof patch !== "object" || patch === null || Array.isArray(patch)) return patch;
  const result: Record<string, unknown> = { ...(typeof value === "object" ? value : {}) };
  for (const [key, part] of Object.entries(patch)) {
    if (part === null) delete result[key];
    else result[key] = merged(result[key], part);
  }
  return result;
}

/** `a=b,c`: a has that value, c is there; `d in (e,f)`, `d notin (e,f)`. */
function matches(selector: string, values: Record<string, string>): boolean {
  return (selector.match(/[^,(]+(\([^)]*\))?/g) ?? []).every((term) => {
    const [, of, operator, list = ""] = /^(\S+) (in|notin) \((.*)\)$/.exec(term) ?? [];
    if (of !== undefined) return list.split(",").includes(values[of] ?? "") === (operator === "in");
    const [, key = "", not, value] = /^([^!=]+)(?:(!?)=(.*))?$/.exec(term) ?? [];
    if (not) return values[key] !== value;
    return value === undefined ? key in values : values[key] === value;
  });
}

import type { Kube, KubeObject } from "../../../kube";

const group = "external-secrets.io";
const text = { type: "string" };
const closed = (properties: object, required = Object.keys(properties)) => ({ type: "object", properties, required });
const condition = closed({ type: text, status: text, reason: text, message: text }, ["type", "status"]);

/** As much of the operator's kinds as this project writes: anything else is refused. */
function definition(kind: string, plural: string, scope: "Namespaced" | "Cluster", spec: object): object {
  const schema = { openAPIV3Schema: closed({ spec, status: closed({ syncedResourceVersion: text, conditions: { type: "array", items: condition } }, []) }, ["spec"]) };
  const versions = [{ name: "v1", served: true, storage: true, schema, subresources: { status: {} } }];
  return { apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition", metadata: { name: `${plural}.${group}` }, spec: { group, scope, names: { kind, plural, singular: kind.toLowerCase() }, versions } };
}

const externalSecret = closed({
  refreshInterval: text,
  secretStoreRef: closed({ kind: { ...text, enum: ["ClusterSecretStore"] }, name: text }),
  target: closed({ name: text, creationPolicy: { ...text, enum: ["Owner"] } }),
  data: { type: "array", items: closed({ secretKey: text, remoteRef: closed({ key: text, property: text }) }) },
});

/** The kinds, and a secret store. */
export async function installKinds(kube: Kube, store: string): Promise<void> {
  for (const it of [definition("ExternalSecret", "externalsecrets", "Namespaced", externalSecret), definition("ClusterSecretStore", "clustersecretstores", "Cluster", closed({}))]) {
    await kube.apply(`/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${(it as KubeObject).metadata.name}`, it);
  }
  const path = `/apis/${group}/v1/clustersecretstores/${store}`;
  const make = () => kube.apply(path, { apiVersion: `${group}/v1`, kind: "ClusterSecretStore", metadata: { name: store }, spec: {} });
  // A new kind is served a moment later.
  for (let tries = 0; ; tries++) {
    try {
      return await make();
    } catch (error) {
      if (tries === 50) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

/** Writes each ExternalSecret's Secret as the operator does: `valueAt` is the secret store; undefined: there is nothing at that path. */
export class Operator {
  private stopped = false;
  private readonly running: Promise<void>;

  constructor(private readonly kube: Kube, private readonly valueAt: (path: string, property: string) => string | undefined) {
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.running;
  }

  private async run(): Promise<void> {
    for (; !this.stopped; await new Promise((resolve) => setTimeout(resolve, 200))) {
      for (const external of await this.kube.list(`/apis/${group}/v1/externalsecrets`).catch(() => [])) if (!external.metadata.deletionTimestamp) await this.sync(external).catch(() => undefined);
    }
  }

  private async sync({ metadata, spec }: KubeObject): Promise<void> {
    const { name, namespace, uid, generation } = metadata as KubeObject["metadata"] & { generation: number };
    const wanted = spec!.data as { secretKey: string; remoteRef: { key: string; property: string } }[];
    const missing = wanted.find(({ remoteRef: { key, property } }) => this.valueAt(key, property) === undefined);
    if (!missing) {
      const owner = { apiVersion: `${group}/v1`, kind: "ExternalSecret", name, uid, controller: true, blockOwnerDeletion: true };
      const stringData = Object.fromEntries(wanted.map(({ secretKey, remoteRef: { key, property } }) => [secretKey, this.valueAt(key, property)]));
      await this.kube.apply(`/api/v1/namespaces/${namespace}/secrets/${spec!.target.name}`, { apiVersion: "v1", kind: "Secret", metadata: { name: spec!.target.name, ownerReferences: [owner] }, stringData });
    }
    const ready = missing ? { status: "False", reason: "SecretSyncedError", message: `could not get ${missing.remoteRef.key}` } : { status: "True", reason: "SecretSynced", message: "Secret was synced" };
    await this.kube.merge(`/apis/${group}/v1/namespaces/${namespace}/externalsecrets/${name}/status`, { status: { syncedResourceVersion: `${generation}-0`, conditions: [{ type: "Ready", ...ready }] } });
  }
}

import { Connection, type Request } from "./connection";
import { isConflict, KubeError, Unreachable } from "./errors";
import { loadContext } from "./kubeconfig";

export { isConflict, KubeError };

/** What one writer of an object owns of it. */
export interface ManagedFields {
  manager?: string;
  operation?: string;
  subresource?: string;
  time?: string;
  fieldsV1?: object;
}

/** The parts of an object that the fleet looks at. */
export interface KubeObject {
  kind?: string;
  metadata: {
    name: string;
    namespace?: string;
    uid?: string;
    resourceVersion?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    creationTimestamp: string;
    deletionTimestamp?: string;
    finalizers?: string[];
    ownerReferences?: { uid: string; kind?: string }[];
    /** Who wrote what, and when, by the API server's clock. */
    managedFields?: ManagedFields[];
  };
  data?: Record<string, string>;
  /** Of ConfigMaps: in base64. */
  binaryData?: Record<string, string>;
  /** Of ConfigMaps and Secrets: nobody changes what it holds. */
  immutable?: boolean;
  // Shapes of spec and status differ by kind; their readers name what they expect.
  spec?: Record<string, any>;
  status?: Record<string, any>;
}

const metadataOnlyType = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";
const itsMetadataOnlyType = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json";

/** A value of a Secret, decoded; empty where it has none. */
export const secretText = ({ data }: KubeObject, key: string): string => Buffer.from(data?.[key] ?? "", "base64").toString("utf8");

/** What of a collection is wanted. */
export interface Selection {
  /** A label selector. */
  labels?: string;
  /** A field selector. */
  fields?: string;
  metadataOnly?: boolean;
}

/** By which the API server knows who wrote a field. */
const userAgent = "storefleet";

/** Objects of a page; a thousand stores' objects come in several. */
const pageSize = 500;

/**
 * Plain requests to one cluster. The generated client would fetch whole objects where their metadata is enough:
 * a thousand stores' Helm records are 100 MB, their labels 1 MB.
 */
export class Kube {
  private constructor(
    private readonly connection: Connection,
    private readonly signal?: AbortSignal,
  ) {}

  /**
   * @param kubeconfig a file; if absent, what kubectl would take
   * @param context the kubeconfig's current one if absent
   * @param timeout milliseconds without a word after which the cluster counts as unreachable
   */
  static async open(kubeconfig: string | undefined, context?: string, timeout = 15_000): Promise<Kube> {
    const load = () => loadContext(kubeconfig, context);
    return new Kube(new Connection(await load(), load, timeout));
  }

  /** The same cluster, by requests that end when `signal` is aborted. */
  heeding(signal: AbortSignal): Kube {
    return new Kube(this.connection, signal);
  }

  get context(): string {
    return this.connection.context;
  }

  /** Scheme, host and port of the API server. */
  get server(): string {
    return this.connection.server.origin;
  }

  /** Milliseconds by the API server's clock, which is the one that stamps objects. */
  now(): number {
    return this.connection.now();
  }

  /** Whether the API server answers at all, be it that it refuses this user, or that there is no way to log in. */
  async answers(): Promise<boolean> {
    return this.text("/readyz").then(
      () => true,
      (error) => !(error instanceof Unreachable) && (!(error instanceof KubeError) || [401, 403].includes(error.status)),
    );
  }

  /** Whether the API server is up and ready for this user. */
  async isReady(): Promise<boolean> {
    return this.text("/readyz").then(() => true, () => false);
  }

  /** Every object below a collection path, page by page. */
  async list(path: string, selection: Selection = {}): Promise<KubeObject[]> {
    return (await this.listing(path, selection)).items;
  }

  /** The same, with the version of the collection from which a watch goes on. */
  async listing(path: string, selection: Selection): Promise<{ items: KubeObject[]; version: string }> {
    try {
      return await this.pages(path, selection, pageSize);
    } catch (error) {
      if (!(error instanceof KubeError && error.status === 410)) throw error;
      // Too much happened between two pages. One that holds everything has none after it.
      return this.pages(path, selection);
    }
  }

  private async pages(path: string, { metadataOnly, ...selection }: Selection, limit?: number): Promise<{ items: KubeObject[]; version: string }> {
    const items: KubeObject[] = [];
    for (let next = ""; ; ) {
      const query = queryOf(selection, { ...(limit && { limit: String(limit) }), ...(next && { continue: next }) });
      const page = await this.send("GET", `${path}?${query}`, { headers: { accept: metadataOnly ? metadataOnlyType : "application/json" } });
      const { items: some, metadata } = JSON.parse(page) as { items: KubeObject[] | null; metadata: { continue?: string; resourceVersion?: string } };
      items.push(...(some ?? []));
      next = metadata.continue ?? "";
      if (!next) return { items, version: metadata.resourceVersion ?? "" };
    }
  }

  /** One object, or undefined when there is none. */
  async get(path: string): Promise<KubeObject | undefined> {
    const body = await this.unlessMissing(this.send("GET", path));
    return body === undefined ? undefined : (JSON.parse(body) as KubeObject);
  }

  /**
   * Changes part of an object, and returns all of it; undefined where it is gone. With `metadata.resourceVersion` in the patch only that
   * version is changed: another one is a KubeError of status 409.
   * @param options `metadataOnly`: no more of it is returned
   */
  async merge(path: string, patch: object, { metadataOnly = false } = {}): Promise<KubeObject | undefined> {
    const headers = { "content-type": "application/merge-patch+json", ...(metadataOnly && { accept: itsMetadataOnlyType }) };
    const body = await this.unlessMissing(this.send("PATCH", path, { headers, body: JSON.stringify(patch) }));
    return body === undefined ? undefined : (JSON.parse(body) as KubeObject);
  }

  /** Makes an object, or what asks the API server something, such as a review of rights; what comes of it. One that is there is a KubeError of status 409. */
  async create(path: string, object: object): Promise<KubeObject> {
    return JSON.parse(await this.send("POST", path, { headers: { "content-type": "application/json" }, body: JSON.stringify(object) })) as KubeObject;
  }

  /** Server-side apply: creates or updates, and may be repeated. */
  async apply(path: string, object: object): Promise<void> {
    await this.send("PATCH", `${path}?fieldManager=storefleet-cluster&force=true`, { headers: { "content-type": "application/apply-patch+yaml" }, body: JSON.stringify(object) });
  }

  /** What a server-side apply would make of an object; nothing is written. */
  async tryApply(path: string, object: object): Promise<KubeObject> {
    const headers = { "content-type": "application/apply-patch+yaml" };
    return JSON.parse(await this.send("PATCH", `${path}?fieldManager=storefleet-trial&force=true&dryRun=All`, { headers, body: JSON.stringify(object) })) as KubeObject;
  }

  /** Changes single fields (JSON patch); a test among them that is not met is a KubeError of status 422. @param manager whose the fields are from then on */
  async patch(path: string, operations: object[], manager: string): Promise<void> {
    await this.send("PATCH", `${path}?${new URLSearchParams({ fieldManager: manager })}`, { headers: { "content-type": "application/json-patch+json" }, body: JSON.stringify(operations) });
  }

  /** Deletes an object, that one if its uid is given, as it was if its version is; one that is gone is left alone. */
  async remove(path: string, uid?: string, resourceVersion?: string): Promise<void> {
    const preconditions = { ...(uid && { uid }), ...(resourceVersion && { resourceVersion }) };
    const only = Object.keys(preconditions).length === 0 ? {} : { headers: { "content-type": "application/json" }, body: JSON.stringify({ preconditions }) };
    await this.unlessMissing(this.send("DELETE", path, only));
  }

  /** The body of a path that is not JSON, such as a container's log. */
  text(path: string): Promise<string> {
    return this.send("GET", path, { headers: { accept: "*/*" } });
  }

  /**
   * Tells each line of a body that comes bit by bit, such as a log that is followed, until it ends or `signal` is aborted.
   * @param silence milliseconds without a line after which the connection counts as broken; a log may be silent for hours
   */
  async lines(path: string, onLine: (line: string) => void, signal: AbortSignal, silence?: number): Promise<void> {
    try {
      await this.connection.lines({ method: "GET", path, headers: { accept: "*/*" }, signal }, onLine, silence);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  private async unlessMissing(call: Promise<string>): Promise<string | undefined> {
    return call.catch((error) => {
      if (error instanceof KubeError && error.status === 404) return undefined;
      throw error;
    });
  }

  private send(method: Request["method"], path: string, { headers, body }: Partial<Pick<Request, "headers" | "body">> = {}): Promise<string> {
    return this.connection.text({ method, path, headers: { accept: "application/json", "user-agent": userAgent, ...headers }, body, signal: this.signal });
  }
}

/** What of a collection is wanted, as a query. */
export function queryOf({ labels, fields }: Selection, more: Record<string, string>): URLSearchParams {
  return new URLSearchParams({ ...(labels && { labelSelector: labels }), ...(fields && { fieldSelector: fields }), ...more });
}

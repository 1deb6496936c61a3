import { request as plainRequest } from "node:http";
import { request, type RequestOptions } from "node:https";
import { createInterface } from "node:readline";
import type { KubeConfig } from "@kubernetes/client-node" with { "resolution-mode": "import" };
import { UserError } from "../../../config/errors";
import { storesCommand } from "../../../config/stores-command";
import { loadContext } from "./kubeconfig";

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
    ownerReferences?: { uid: string }[];
  };
  data?: Record<string, string>;
  // Shapes of spec and status differ by kind; their readers name what they expect.
  spec?: Record<string, any>;
  status?: Record<string, any>;
}

const metadataOnly = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";

/** A value of a Secret, decoded; empty where it has none. */
export const secretText = ({ data }: KubeObject, key: string): string => Buffer.from(data?.[key] ?? "", "base64").toString("utf8");

/** The API refused (the message is its own) or the object is missing; `status` is HTTP's. */
export class KubeError extends UserError {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

interface SendOptions {
  accept?: string;
  contentType?: string;
  body?: string;
  /** Ends the call when it is aborted. */
  signal?: AbortSignal;
  /** Told every line of the answer as it comes. */
  onLine?: (line: string) => void;
}

/** Nobody answers where the API server should be. */
class Unreachable extends UserError {
  override name = "UserError";
}

/**
 * Plain requests to one cluster. The generated client would fetch whole objects where their metadata is enough:
 * a thousand stores' Helm records are 100 MB, their labels 1 MB.
 */
export class Kube {
  private constructor(
    private readonly config: KubeConfig,
    readonly context: string,
    private readonly timeout: number,
  ) {}

  /**
   * @param context the kubeconfig's current one if absent
   * @param timeout milliseconds without a word after which the cluster counts as unreachable
   */
  static async open(kubeconfig: string, context?: string, timeout = 15_000): Promise<Kube> {
    const config = await loadContext(kubeconfig, context);
    return new Kube(config, config.getCurrentContext(), timeout);
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
  async list(path: string, options: { labels?: string; fields?: string; metadataOnly?: boolean } = {}): Promise<KubeObject[]> {
    const items: KubeObject[] = [];
    let next = "";
    do {
      const query = new URLSearchParams({ limit: "500" });
      if (options.labels) query.set("labelSelector", options.labels);
      if (options.fields) query.set("fieldSelector", options.fields);
      if (next) query.set("continue", next);
      const page = await this.send("GET", `${path}?${query}`, { accept: options.metadataOnly ? metadataOnly : "application/json" });
      const body = JSON.parse(page) as { items: KubeObject[] | null; metadata: { continue?: string } };
      items.push(...(body.items ?? []));
      next = body.metadata.continue ?? "";
    } while (next);
    return items;
  }

  /** One object, or undefined when there is none. */
  async get(path: string): Promise<KubeObject | undefined> {
    try {
      return JSON.parse(await this.send("GET", path)) as KubeObject;
    } catch (error) {
      if (error instanceof KubeError && error.status === 404) return undefined;
      throw error;
    }
  }

  /** Changes part of an object; an object that is gone is left alone. */
  async merge(path: string, patch: object): Promise<void> {
    await this.ignoreMissing(this.send("PATCH", path, { contentType: "application/merge-patch+json", body: JSON.stringify(patch) }));
  }

  /** Server-side apply: creates or updates, and may be repeated. */
  async apply(path: string, object: object): Promise<void> {
    await this.send("PATCH", `${path}?fieldManager=storefleet-cluster&force=true`, { contentType: "application/apply-patch+yaml", body: JSON.stringify(object) });
  }

  /** Deletes an object, that one if its uid is given; one that is gone is left alone. */
  async remove(path: string, uid?: string): Promise<void> {
    const body = uid ? JSON.stringify({ preconditions: { uid } }) : undefined;
    await this.ignoreMissing(this.send("DELETE", path, body ? { contentType: "application/json", body } : {}));
  }

  /** The body of a path that is not JSON, such as a container's log. */
  text(path: string): Promise<string> {
    return this.send("GET", path, { accept: "*/*" });
  }

  /** Tells each line of a body that comes bit by bit, such as a log that is followed, until it ends or `signal` is aborted. */
  async lines(path: string, onLine: (line: string) => void, signal: AbortSignal): Promise<void> {
    try {
      await this.send("GET", path, { accept: "*/*", signal, onLine });
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  private async ignoreMissing(call: Promise<string>): Promise<void> {
    await call.catch((error) => {
      if (!(error instanceof KubeError && error.status === 404)) throw error;
    });
  }

  private async send(
    method: string,
    path: string,
    { accept = "application/json", contentType, body, signal, onLine }: SendOptions = {},
  ): Promise<string> {
    const server = this.config.getCurrentCluster()?.server ?? "";
    const url = new URL(server.replace(/\/$/, "") + path);
    // A log may be silent for hours.
    const options: RequestOptions = { method, headers: { accept }, signal, ...(!onLine && { timeout: this.timeout }) };
    if (contentType) options.headers = { ...options.headers, "content-type": contentType };
    await this.config.applyToHTTPSOptions(options).catch((error: Error) => {
      throw new UserError(`context "${this.context}" can not be used: ${error.message}`, `See whether kubectl --context ${this.context} works.`, "cluster-unreachable");
    });
    return new Promise((resolve, reject) => {
      const unreachable = (error: Error) =>
        reject(
          new Unreachable(
            `the cluster "${this.context}" at ${url.origin} does not answer: ${error.message || (error as NodeJS.ErrnoException).code}`,
            `Start it (${storesCommand("cluster up")}) or correct the context; nothing was changed.`,
            "cluster-unreachable",
          ),
        );
      const call = (url.protocol === "http:" ? plainRequest : request)(url, options, (response) => {
        const chunks: Buffer[] = [];
        const code = response.statusCode ?? 0;
        const succeeded = code >= 200 && code < 300;
        response.on("error", unreachable);
        if (onLine && succeeded) return void createInterface({ input: response }).on("line", onLine).on("error", unreachable).on("close", () => resolve(""));
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () => {
          const text = Buffer.concat(chunks).toString("utf8");
          if (succeeded) resolve(text);
          else reject(new KubeError(code, messageOf(text) ?? `${method} ${path}: HTTP ${code}`));
        });
      });
      call.on("timeout", () => call.destroy(new Error(`no answer within ${this.timeout / 1000} s`)));
      call.on("error", unreachable);
      call.end(body);
    });
  }
}

function messageOf(body: string): string | undefined {
  try {
    return (JSON.parse(body) as { message?: string }).message;
  } catch {
    return undefined;
  }
}

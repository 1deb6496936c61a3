import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { Agent, request as httpsRequest, type RequestOptions } from "node:https";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import type { KubeConfig } from "@kubernetes/client-node" with { "resolution-mode": "import" };
import { loadContext } from "../../../kube/kubeconfig";
import type { Values } from "../shared/values";

/** The API server's refusal of a request. */
export class ApiError extends Error {
  constructor(readonly code: number, readonly reason: string, message: string, readonly details: Values = {}) {
    super(message);
  }
}

interface RequestBody {
  query?: { [name: string]: string };
  body?: Values;
  contentType?: string;
  signal?: AbortSignal;
}

/** Longest wait for an answer; the real provider's is as long. */
const answerTimeout = 32_000;

/** A connection to one API server. Objects come back exactly as the server wrote them. */
export class Cluster {
  readonly server: string;
  readonly defaultNamespace: string;
  private options: Promise<RequestOptions> | undefined;

  constructor(private readonly config: KubeConfig, namespace?: string) {
    const server = config.getCurrentCluster()?.server;
    if (!server) throw new Error(`context "${config.getCurrentContext()}" does not exist, or names no known cluster`);
    this.server = server;
    this.defaultNamespace = namespace || config.getContextObject(config.getCurrentContext())?.namespace || "default";
  }

  async request(method: string, path: string, { query, body, contentType, signal }: RequestBody = {}): Promise<Values> {
    const url = new URL(this.server.replace(/\/$/, "") + path);
    for (const [name, value] of Object.entries(query ?? {})) url.searchParams.set(name, value);
    const text = body && JSON.stringify(body);
    const base = await (this.options ??= this.connectionOptions());
    const headers = {
      ...base.headers, accept: "application/json",
      ...(text !== undefined && { "content-type": contentType ?? "application/json", "content-length": Buffer.byteLength(text) }),
    };
    const send = url.protocol === "http:" ? httpRequest : httpsRequest;
    return new Promise((resolve, reject) => {
      const fail = (error: Error) => reject(new Error(`${method} "${url.href}": ${error.message || String(error)}`));
      const request = send(url, { ...base, headers, method, signal, timeout: answerTimeout }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", fail);
        response.on("end", () => {
          const answer = parse(Buffer.concat(chunks).toString());
          const status = response.statusCode ?? 0;
          if (status < 300) resolve(answer);
          else reject(new ApiError(
            status, String(answer.reason ?? ""), String(answer.message ?? response.statusMessage), answer.details as Values,
          ));
        });
      });
      request.on("timeout", () => request.destroy(new Error(`no answer within ${answerTimeout / 1000} seconds`)));
      request.on("error", fail);
      request.end(text);
    });
  }

  private async connectionOptions(): Promise<RequestOptions> {
    const options: RequestOptions = {};
    await this.config.applyToHTTPSOptions(options);
    // A new TLS connection for each request would cost more than the request.
    if (options.agent instanceof Agent) Object.assign(options.agent, { keepAlive: true });
    return options;
  }
}

function parse(text: string): Values {
  try {
    return JSON.parse(text) as Values;
  } catch {
    return { message: text.trim() };
  }
}

/** The active cluster of a kubeconfig, given as a file or as its contents; undefined if it names none. */
export async function parseKubeconfig(kubeconfig: string, context: string | undefined): Promise<Values | undefined> {
  const { KubeConfig } = await import("@kubernetes/client-node/dist/config.js");
  const config = new KubeConfig();
  const file = homePath(kubeconfig);
  try {
    if (existsSync(file)) config.loadFromFile(file);
    else config.loadFromString(kubeconfig);
  } catch (error) {
    throw new Error(`failed to parse kubeconfig: ${(error as Error).message}`);
  }
  if (context) config.setCurrentContext(context);
  const cluster = config.getCurrentCluster();
  return cluster ? (JSON.parse(JSON.stringify(cluster)) as Values) : undefined;
}

const homePath = (file: string) => file.replace(/^~(?=\/|$)/, homedir());

/** What connects to a cluster: for this process, and as arguments for helm. */
export interface Connection {
  cluster: Cluster;
  helmArguments: string[];
  /** Folder of a kubeconfig that had to be written down for helm. */
  scratch?: string;
}

/**
 * Connects as the real provider does: `kubeconfig` is a file or the contents of one; without it the usual places
 * are read. Nothing is sent yet.
 */
export async function connect(kubeconfig: string | undefined, context: string | undefined, namespace: string | undefined): Promise<Connection> {
  const { KubeConfig } = await import("@kubernetes/client-node/dist/config.js");
  let config = new KubeConfig();
  const helmArguments: string[] = [];
  let scratch: string | undefined;
  if (!kubeconfig) {
    const isThere = Boolean(process.env.KUBECONFIG) || existsSync(join(homedir(), ".kube", "config"));
    if (!isThere && !process.env.KUBERNETES_SERVICE_HOST) throw new Error("invalid configuration: no configuration has been provided");
    // With a token's file, which the client library alone would not read.
    if (isThere) config = await loadContext(undefined);
    else config.loadFromDefault();
  } else {
    const file = homePath(kubeconfig);
    if (existsSync(file)) {
      config.loadFromFile(file);
      helmArguments.push("--kubeconfig", file);
    } else {
      config.loadFromString(kubeconfig);
      scratch = mkdtempSync(join(tmpdir(), "storefleet-kubeconfig-"));
      const written = join(scratch, "config");
      writeFileSync(written, kubeconfig, { mode: 0o600 });
      helmArguments.push("--kubeconfig", written);
    }
  }
  try {
    if (context) {
      config.setCurrentContext(context);
      helmArguments.push("--kube-context", context);
    }
    return { cluster: new Cluster(config, namespace), helmArguments, scratch };
  } catch (error) {
    if (scratch) rmSync(scratch, { recursive: true });
    throw error;
  }
}

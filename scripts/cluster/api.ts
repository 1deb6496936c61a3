import { Agent, request } from "node:https";
import { readFileSync } from "node:fs";
import { parse } from "yaml";

export interface Answer {
  status: number;
  body: string;
}

export interface Api {
  get(path: string): Promise<Answer>;
  /** Server-side apply: creates or updates, and may be repeated. */
  apply(path: string, object: object): Promise<Answer>;
  delete(path: string): Promise<Answer>;
  close(): void;
}

interface KubeconfigFile {
  clusters: { cluster: { server: string; "certificate-authority-data"?: string; "tls-server-name"?: string } }[];
  users: { user: { "client-certificate-data"?: string; "client-key-data"?: string; token?: string } }[];
}

/**
 * The few calls that starting and watching a cluster need, over one kept connection, from a kubeconfig with one
 * context and its certificates inside. (The Kubernetes client library takes longer to load than all these calls.)
 */
export function connectApi(kubeconfig: string, timeout = 5000): Api {
  const config = parse(readFileSync(kubeconfig, "utf8")) as KubeconfigFile;
  const cluster = config.clusters[0]?.cluster;
  const user = config.users[0]?.user ?? {};
  if (!cluster) throw new Error(`${kubeconfig} names no cluster`);
  const decode = (data?: string) => (data ? Buffer.from(data, "base64") : undefined);
  const agent = new Agent({
    keepAlive: true,
    ca: decode(cluster["certificate-authority-data"]),
    cert: decode(user["client-certificate-data"]),
    key: decode(user["client-key-data"]),
    servername: cluster["tls-server-name"],
  });
  const authorization = user.token ? { authorization: `Bearer ${user.token}` } : {};

  const call = (method: string, path: string, body?: object, type?: string) =>
    new Promise<Answer>((resolve, reject) => {
      const outgoing = request(
        new URL(cluster.server.replace(/\/$/, "") + path),
        { method, agent, timeout, headers: { accept: "application/json", ...(type ? { "content-type": type } : {}), ...authorization } },
        (response) => {
          let text = "";
          response.setEncoding("utf8");
          response.on("data", (chunk: string) => (text += chunk));
          response.on("end", () => resolve({ status: response.statusCode ?? 0, body: text }));
          response.on("error", reject);
        },
      );
      outgoing.on("timeout", () => outgoing.destroy(new Error(`no answer from ${cluster.server} in ${timeout} ms`)));
      outgoing.on("error", reject);
      outgoing.end(body ? JSON.stringify(body) : undefined);
    });

  return {
    get: (path) => call("GET", path),
    apply: (path, object) =>
      call("PATCH", `${path}?fieldManager=storefleet-cluster&force=true`, object, "application/apply-patch+yaml"),
    delete: (path) => call("DELETE", path),
    close: () => agent.destroy(),
  };
}

/** The status with which the API server that a kubeconfig names answers, if it does. */
async function readiness(kubeconfig: string, timeout?: number): Promise<number | undefined> {
  try {
    const api = connectApi(kubeconfig, timeout);
    try {
      return (await api.get("/readyz")).status;
    } finally {
      api.close();
    }
  } catch {
    return undefined;
  }
}

/** Whether the API server is up and ready for this kubeconfig's user. */
export const isReady = async (kubeconfig: string) => (await readiness(kubeconfig)) === 200;

/** Whether the API server answers at all: a user who logs in through a helper program is refused here. */
export const answers = async (kubeconfig: string, timeout?: number) =>
  [200, 401, 403].includes((await readiness(kubeconfig, timeout)) ?? 0);

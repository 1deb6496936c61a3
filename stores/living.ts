import type { ApiException, CoreV1Api, RequestContext, ResponseContext } from "@kubernetes/client-node" with { "resolution-mode": "import" };
import type { LivingSecret } from "../components/shared/generated";
import { UserError } from "../config/errors";
import { clusterMark } from "../infra/cluster-identity";
import { annotations, receiptName } from "./labels";

/**
 * What lives in a store's namespace at this moment. A program knows its state only, and that may be lost, old or another
 * one's. Each call asks anew; a namespace that is missing or empty answers that nothing is there.
 */
export interface Living {
  /** Undefined when there is none of that name. */
  secret(name: string): Promise<LivingSecret | undefined>;
  /** The `uid` of the cluster's `kube-system`. */
  cluster(): Promise<string | undefined>;
  /** The walls as they stand, and what the store's last whole operation reached. */
  walls(): Promise<LivingWalls>;
}

export interface LivingWalls {
  /** `hard` of the namespace's quota, as the API server has it (`1500m`, `4Gi`). */
  quota?: Record<string, string>;
  /** The most that one container may ask for. */
  containerMax?: Record<string, string>;
  /** The sizes that they are made for, as the program wrote them on the quota. */
  sizes?: string;
  /** The digest in the store's receipt. */
  reached?: string;
  /** What the receipt says of room that was kept during that operation. */
  held?: string;
}

/** For a namespace that is known to be new, and for tests. */
export const nothingLives: Living = { cluster: async () => undefined, secret: async () => undefined, walls: async () => ({}) };

/** Reads a namespace of the cluster that a context of the kubeconfig names, as the provider does. */
export function livingIn(namespace: string, context: string): Living {
  const ask = <T>(question: (api: CoreV1Api) => Promise<T>) => answerOf(context, question);
  return {
    secret: (name) =>
      ask(async (api) => {
        const { data, metadata } = await api.readNamespacedSecret({ namespace, name });
        const values = Object.fromEntries(Object.entries(data ?? {}).map(([key, value]) => [key, Buffer.from(value, "base64").toString()]));
        return { values, annotations: metadata?.annotations ?? {} };
      }),
    cluster: async () => (await ask((api) => api.readNamespace({ name: clusterMark.name })))?.metadata?.uid,
    walls: async () => {
      const [quota, limits, receipt] = await Promise.all([
        ask((api) => api.readNamespacedResourceQuota({ namespace, name: "quota" })),
        ask((api) => api.readNamespacedLimitRange({ namespace, name: "limits" })),
        ask((api) => api.readNamespacedConfigMap({ namespace, name: receiptName })),
      ]);
      return {
        quota: quota?.spec?.hard,
        containerMax: limits?.spec?.limits.find(({ type }) => type === "Container")?.max,
        sizes: quota?.metadata?.annotations?.[annotations.sizes],
        reached: receipt?.data?.digest,
        held: receipt?.data?.held,
      };
    },
  };
}

/** Undefined where the object, or its namespace, is missing. */
async function answerOf<T>(context: string, question: (api: CoreV1Api) => Promise<T>): Promise<T | undefined> {
  const { ApiException } = await library();
  try {
    return await question(await connect(context));
  } catch (error) {
    if (error instanceof ApiException && error.code === 404) return undefined;
    const reason = error instanceof ApiException ? `does not tell what lives there: ${reasonOf(error)}` : `is unreachable: ${(error as Error).message}`;
    throw new UserError(
      `the cluster "${context}" ${reason}`,
      `See whether kubectl --context ${context} works; nothing is written before that is known.`,
      "cluster-unreachable",
    );
  }
}

/** The API server's own words, if it had any. */
function reasonOf({ code, body }: ApiException<unknown>): string {
  try {
    return (JSON.parse(String(body)) as { message?: string }).message ?? `HTTP ${code}`;
  } catch {
    return `HTTP ${code}`;
  }
}

/** Takes longer to load than all that is asked of it, hence once in a process and only where a program runs. */
const library = () => import("@kubernetes/client-node");

const connections = new Map<string, Promise<CoreV1Api>>();

function connect(context: string): Promise<CoreV1Api> {
  const connection = connections.get(context) ?? open(context);
  connections.set(context, connection);
  return connection;
}

/** Milliseconds without an answer after which the API server counts as away. */
const patience = 15_000;

async function open(context: string): Promise<CoreV1Api> {
  const { CoreV1Api, KubeConfig, ServerConfiguration, createConfiguration } = await library();
  const config = new KubeConfig();
  config.loadFromDefault();
  if (!config.getContextObject(context)) throw new Error(`the kubeconfig has no context "${context}"`);
  config.setCurrentContext(context);
  const limit = {
    pre: async (request: RequestContext) => {
      request.setSignal(AbortSignal.timeout(patience));
      return request;
    },
    post: async (response: ResponseContext) => response,
  };
  const baseServer = new ServerConfiguration(config.getCurrentCluster()?.server ?? "", {});
  return new CoreV1Api(createConfiguration({ baseServer, authMethods: { default: config }, promiseMiddleware: [limit] }));
}

import { runtime } from "@pulumi/pulumi";
import type { LivingSecret } from "../components/shared/generated";
import { UserError } from "../config/errors";
import { clusterMark } from "../infra/cluster-identity";
import { clusterAt } from "../infra/cluster-reader";
import { pathOfPart } from "../infra/part-name";
import type { Kube } from "../kube";
import { annotations, receiptName } from "./labels";
import { managersInEffect } from "./managers";
import { externalTrouble, pathOfExternal, readNotes, revisionOf, type OutsideNotes } from "./outside-secrets";

/**
 * What lives in a store's namespace at this moment. A program knows its state only, and that may be lost, old or another
 * one's. Each call asks anew; a namespace that is missing or empty answers that nothing is there.
 */
export interface Living {
  /** Undefined when there is none of that name. */
  secret(name: string): Promise<(LivingSecret & { revision: string }) | undefined>;
  /** What keeps an ExternalSecret from being Ready; null: nothing. */
  external(name: string): Promise<string | null>;
  /** Resolves when whoever runs the program may work inside; an administrator may at once. */
  mayManage(): Promise<void>;
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
  /** What the receipt says of Secrets from outside. */
  outside?: OutsideNotes;
}

/** For a namespace that is known to be new, and for tests. */
export const nothingLives: Living = { cluster: async () => undefined, mayManage: async () => undefined, secret: async () => undefined, external: async () => null, walls: async () => ({}) };

/** Reads a namespace of the cluster that a context of the kubeconfig names, as the provider does. */
export function livingIn(namespace: string, context: string): Living {
  const there = () => answerOf(context, (kube) => kube.get(`/api/v1/namespaces/${namespace}`));
  const ask = (kind: string, name: string) => answerOf(context, (kube) => kube.get(`/api/v1/namespaces/${namespace}/${kind}/${name}`));
  /** Who may read in the namespaces of stores only may not ask in one that is not there, and in a preview not in one that is not opened yet. */
  const askInside = async (...objects: [kind: string, name: string][]) => ((await there()) ? Promise.all(objects.map(([kind, name]) => ask(kind, name).catch(unlessPreviewed))) : []);
  return {
    secret: async (name) => {
      const [secret] = await askInside(["secrets", name]);
      if (!secret) return undefined;
      const values = Object.fromEntries(Object.entries((secret.data ?? {}) as Record<string, string>).map(([key, value]) => [key, Buffer.from(value, "base64").toString()]));
      return { values, annotations: secret.metadata?.annotations ?? {}, revision: revisionOf(secret.metadata ?? {}) };
    },
    external: async (name) => externalTrouble(await answerOf(context, (kube) => kube.get(pathOfExternal(namespace, name)))),
    // A preview makes no binding; and an error here would leave the program waiting for what is not made, where the next object tells as well.
    mayManage: async () => (runtime.isDryRun() ? undefined : managersInEffect(await clusterAt(context), namespace).catch(() => undefined)),
    cluster: async () => (await answerOf(context, (kube) => kube.get(pathOfPart(clusterMark))))?.metadata?.uid,
    walls: async () => {
      const [[quota, limits], receipt] = await Promise.all([askInside(["resourcequotas", "quota"], ["limitranges", "limits"]), ask("configmaps", receiptName)]);
      const ranges = (limits?.spec?.limits ?? []) as { type: string; max?: Record<string, string> }[];
      return {
        quota: quota?.spec?.hard,
        containerMax: ranges.find(({ type }) => type === "Container")?.max,
        sizes: quota?.metadata?.annotations?.[annotations.sizes],
        reached: receipt?.data?.digest,
        held: receipt?.data?.held,
        outside: readNotes(receipt?.data?.outsideSecrets),
      };
    },
  };
}

/** A preview writes nothing; whoever does knows what lives there. */
function unlessPreviewed(error: unknown): undefined {
  if (!(error instanceof UserError && error.code === "forbidden" && runtime.isDryRun())) throw error;
}

/** What the cluster answers; undefined where the object, or its namespace, is missing. */
async function answerOf<T>(context: string, question: (kube: Kube) => Promise<T>): Promise<T> {
  try {
    return await question(await clusterAt(context));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(
      `what lives on the cluster "${context}" is not known: ${error.message}`,
      error.code === "forbidden" ? error.hint : `See whether kubectl --context ${context} works; nothing is written before that is known.`,
      error.code === "forbidden" ? error.code : "cluster-unreachable",
    );
  }
}

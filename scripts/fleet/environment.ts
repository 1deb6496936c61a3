import type { EnvironmentName } from "../../config/names";
import { environmentReceipt } from "../../infra/digest";
import type { SharedParts } from "../../stores/shared-parts";
import type { Kube } from "./kube";

/** The environment's shared parts as its stack left them in the cluster, and the digest it had reached. */
export type EnvironmentReceipt = SharedParts & { digest: string };

/** Undefined while the environment's stack is not up on this cluster. */
export async function readEnvironment(kube: Kube, env: EnvironmentName): Promise<EnvironmentReceipt | undefined> {
  const { namespace, name } = environmentReceipt;
  const receipt = await kube.get(`/api/v1/namespaces/${namespace}/configmaps/${name}`);
  const { environment, digest = "", settings, secretRevisions } = receipt?.data ?? {};
  if (environment !== env || !settings) return undefined;
  return { digest, settings: JSON.parse(settings), secretRevisions: JSON.parse(secretRevisions ?? "{}") };
}

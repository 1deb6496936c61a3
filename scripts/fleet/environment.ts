import type { EnvironmentName } from "../../config/names";
import { environmentReceipt } from "../../infra/digest";
import type { SharedParts } from "../../stores/shared-parts";
import type { Kube } from "./kube";

/**
 * The environment's shared parts as its stack left them in the cluster, and the digest that it reached; empty where a
 * later operation set out for another one and did not get there.
 */
export type EnvironmentReceipt = SharedParts & { digest: string };

/** Undefined while the environment's stack is not up on this cluster. */
export async function readEnvironment(kube: Kube, env: EnvironmentName): Promise<EnvironmentReceipt | undefined> {
  const path = `/api/v1/namespaces/${environmentReceipt.namespace}`;
  const [heading, receipt] = await Promise.all([kube.get(path), kube.get(`${path}/configmaps/${environmentReceipt.name}`)]);
  const { environment, digest: reached = "", settings, secretRevisions } = receipt?.data ?? {};
  if (environment !== env || !settings) return undefined;
  const digest = heading?.metadata.annotations?.[environmentReceipt.annotation] === reached ? reached : "";
  return { digest, settings: JSON.parse(settings), secretRevisions: JSON.parse(secretRevisions ?? "{}") };
}

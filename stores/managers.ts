import { setTimeout as delay } from "node:timers/promises";
import { deployers } from "../infra/deployers";
import type { Kube } from "../kube";

/** Who may work inside a store's namespace, besides those who may everywhere: `infra/rbac` makes the role and the account. */
export const managers = {
  /** Of the RoleBinding. */
  name: "storefleet-deployer",
  clusterRole: "storefleet-store",
  subjects: deployers,
};

const heededWithin = 5_000;

/**
 * Resolves when this account may work inside a namespace: the API server heeds a new RoleBinding a moment later. An administrator may at
 * once. Who still may not after a while is refused what follows, by the API server's own words.
 */
export async function managersInEffect(kube: Kube, namespace: string): Promise<void> {
  const asked = { kind: "SelfSubjectAccessReview", apiVersion: "authorization.k8s.io/v1", spec: { resourceAttributes: { namespace, verb: "create", resource: "secrets" } } };
  for (const end = Date.now() + heededWithin; Date.now() < end; await delay(100)) {
    const { status } = await kube.create("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", asked);
    if (status?.allowed) return;
  }
}

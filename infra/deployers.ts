/** Who changes stores without being an administrator: `infra/rbac` makes the account, and people join the group. */
export const deployers = [
  { kind: "ServiceAccount", name: "deployer", namespace: "storefleet-access" },
  { kind: "Group", name: "storefleet-deployers", apiGroup: "rbac.authorization.k8s.io" },
];

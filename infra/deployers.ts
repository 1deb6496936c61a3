/** Where the accounts are, and whatever runs as one of them: `infra/rbac` makes it. */
export const accountsNamespace = "storefleet-access";

/** Who changes stores without being an administrator: `infra/rbac` makes the account, and people join the group. */
export const deployers = [
  { kind: "ServiceAccount", name: "deployer", namespace: accountsNamespace },
  { kind: "Group", name: "storefleet-deployers", apiGroup: "rbac.authorization.k8s.io" },
];

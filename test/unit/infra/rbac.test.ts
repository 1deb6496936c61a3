import assert from "node:assert/strict";
import { rbacList } from "../../../scripts/operations/rbac";
import { apiAccount, keepers, recorders } from "../../../infra/control";
import { managers } from "../../../stores/managers";

interface Manifest {
  kind: string;
  metadata: { name: string; namespace?: string };
  rules?: { resources: string[]; verbs: string[]; apiGroups: string[] }[];
  subjects?: object[];
}

const items = rbacList("staging").items as unknown as Manifest[];
const named = (kind: string, name: string) => items.find((it) => it.kind === kind && it.metadata.name === name)!;
const rights = (role: string) => named("ClusterRole", role).rules!.flatMap(({ resources, verbs }) => resources.flatMap((resource) => verbs.map((verb) => `${verb} ${resource}`)));

describe("accounts and their rights", () => {
  it("are of the environment, and name whom the stores' programs bind", () => {
    assert.match(JSON.stringify(named("ValidatingAdmissionPolicy", "storefleet-fence")), /== 'staging'/);
    assert.doesNotMatch(JSON.stringify(items), /ENVIRONMENT/);
    for (const role of [managers.clusterRole, recorders.clusterRole]) assert.ok(named("ClusterRole", role), role);
    assert.deepEqual(named("ClusterRoleBinding", "storefleet-deployer").subjects, managers.subjects.map((it) => ("apiGroup" in it ? it : { ...it })));
    const [account] = managers.subjects;
    assert.ok(items.some(({ kind, metadata }) => kind === "ServiceAccount" && metadata.name === account!.name && metadata.namespace === account!.namespace));
  });

  it("give the operator's workspaces what they need only where that is asked for, in one more file", () => {
    const all = rbacList("staging", { operator: true }).items as unknown as Manifest[];
    assert.deepEqual(all.slice(0, items.length), items);
    const more = all.slice(items.length);
    assert.deepEqual(more.map(({ kind, metadata }) => `${kind} ${metadata.name}`), ["ServiceAccount environment", "ClusterRoleBinding storefleet-environment", "ClusterRoleBinding storefleet-workspaces"]);
    for (const { subjects = [] } of more) {
      for (const { name, namespace } of subjects as { name: string; namespace: string }[]) assert.ok(all.some(({ kind, metadata }) => kind === "ServiceAccount" && metadata.name === name && metadata.namespace === namespace), name);
    }
  });

  it("give the API in the cluster no list of Secrets, and nothing to make or change but records", () => {
    const all = rbacList("staging", { controlPlane: true }).items as unknown as Manifest[];
    const more = all.slice(items.length);
    const rules = more.flatMap((it) => (it.rules ?? []) as { resources: string[]; resourceNames?: string[]; verbs: string[] }[]);
    assert.deepEqual(rules.map(({ resources, resourceNames, verbs }) => [resources, resourceNames, verbs]), [
      [["secrets"], ["woocommerce-admin", "medusa-admin"], ["get"]],
      [["secrets"], ["storefleet-tokens"], ["get"]],
    ]);
    const bound = more.flatMap((it) => ("roleRef" in it ? [(it.roleRef as { name: string }).name] : []));
    assert.deepEqual(bound, ["storefleet-api", "storefleet-viewer", "storefleet-api"]);
    assert.ok(recorders.subjects.some((it) => it.kind === apiAccount.kind && it.name === apiAccount.name), "it writes records");
    assert.ok(!managers.subjects.some(({ name }) => name === apiAccount.name), "it changes no store");
  });

  it("hold no Secret outside the namespaces of stores, and nothing that makes more of itself", () => {
    for (const role of ["storefleet-viewer", "storefleet-deployer"]) assert.deepEqual(rights(role).filter((it) => / secrets|\*/.test(it)), [], role);
    assert.deepEqual(rights("storefleet-viewer").filter((it) => !/^(get|list|watch) /.test(it)), []);
    for (const { metadata, rules } of items.filter(({ kind }) => kind === "ClusterRole")) {
      assert.ok(rules!.every(({ verbs, resources, apiGroups }) => ![...verbs, ...resources, ...apiGroups].includes("*") && !verbs.includes("escalate") && !verbs.includes("impersonate")), metadata.name);
      for (const rule of rules!.filter(({ verbs }) => verbs.includes("bind"))) assert.deepEqual((rule as { resourceNames?: string[] }).resourceNames, metadata.name === "storefleet-deployer" ? [managers.clusterRole] : [recorders.clusterRole, keepers.clusterRole]);
    }
  });
});

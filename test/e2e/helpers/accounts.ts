import assert from "node:assert/strict";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { rbacList, rbacManifests, type RbacOptions } from "../../../scripts/operations/rbac";
import { Kube } from "../../../kube";
import type { Fleet } from "./fleet";

const namespace = "storefleet-access";
const auditLog = (fleet: Fleet) => join(fleet.folder, "audit.log");

/** Has the API server of a fleet's cluster, which is not up yet, note what accounts ask for. */
export function audit(fleet: Fleet): void {
  const policy = join(fleet.folder, "audit.yaml");
  writeFileSync(policy, JSON.stringify({
    apiVersion: "audit.k8s.io/v1", kind: "Policy", omitStages: ["RequestReceived", "ResponseStarted"],
    rules: [{ level: "Metadata", userGroups: [`system:serviceaccounts:${namespace}`] }, { level: "None" }],
  }));
  fleet.patch("scripts/machine/cluster/embedded/components.ts", '"anonymous-auth": false,', `"anonymous-auth": false, "audit-policy-file": "${policy}", "audit-log-path": "${auditLog(fleet)}",`);
}

/** From here on commands run as an account of `stores rbac`, in place of the administrator. */
export class Accounts {
  /** A kubeconfig file. */
  readonly administrators: string;

  constructor(private readonly fleet: Fleet) {
    this.administrators = join(fleet.folder, "administrators");
    copyFileSync(this.kubeconfig, this.administrators);
  }

  private get kubeconfig(): string {
    return this.fleet.variables.KUBECONFIG as string;
  }

  /** As an administrator applies them. */
  async make(more: RbacOptions = {}): Promise<void> {
    const file = join(this.fleet.folder, "rbac.yaml");
    writeFileSync(file, (await this.fleet.ok("rbac", ...(more.operator ? ["--operator"] : []), ...(more.controlPlane ? ["--control-plane"] : []))).stdout);
    assert.equal(readFileSync(file, "utf8"), `${rbacManifests("local", more).trimEnd()}\n`);
    await this.fleet.kubectl("apply", "-f", file);
  }

  async become(name: string): Promise<void> {
    writeFileSync(this.kubeconfig, await this.loginOf(name));
  }

  /** A kubeconfig of its own, for a process that goes on beside those of others. */
  async fileOf(name: string): Promise<string> {
    const file = join(this.fleet.folder, `kubeconfig of ${name}`);
    writeFileSync(file, await this.loginOf(name));
    return file;
  }

  private async loginOf(name: string): Promise<string> {
    const { status } = await this.fleet.kube.create(`/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`, { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: { expirationSeconds: 7200 } });
    const config = parse(readFileSync(this.administrators, "utf8")) as { users: { user: object }[] };
    for (const entry of config.users) entry.user = { token: status!.token };
    return JSON.stringify(config);
  }

  /** The API server, as the account that was become sees it. */
  kube(): Promise<Kube> {
    return Kube.open(this.kubeconfig, this.fleet.variables.STOREFLEET_CONTEXT);
  }

  /** What an account asked for, and by which role it was allowed; none if it was not. */
  requests(name: string): { verb: string; resource: string; where: string; trial: boolean; role?: string }[] {
    const events = readFileSync(auditLog(this.fleet), "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line) as AuditEvent);
    return events.filter(({ user }) => user.username === `system:serviceaccount:${namespace}:${name}`).map(({ verb, objectRef, requestURI, annotations }) => ({
      verb, resource: [objectRef?.resource ?? requestURI, objectRef?.subresource].filter(Boolean).join("/"), where: [objectRef?.namespace, objectRef?.name].filter(Boolean).join("/"), trial: requestURI.includes("dryRun=All"),
      role: annotations["authorization.k8s.io/decision"] === "allow" ? /of (?:Cluster)?Role "([^"]+)"/.exec(annotations["authorization.k8s.io/reason"] ?? "")?.[1] ?? "" : undefined,
    }));
  }

  /** What an account was refused for want of a right. A preview may be: of what is not there yet it asks in a namespace that is not, either. */
  refused = (name: string) => this.requests(name).filter(({ role, trial }) => role === undefined && !trial).map(({ verb, resource, where }) => `${verb} ${resource} ${where}`);

  /** Rights of a role, as `verb resource`, that no account has used yet. Server-side apply is a patch that may create. */
  unused(role: string): string[] {
    const used = new Set(["deployer", "viewer"].flatMap((name) => this.requests(name)).filter((it) => it.role === role).flatMap(({ verb, resource }) => [verb, ...(verb === "patch" ? ["create"] : [])].map((it) => `${it} ${resource}`)));
    const { rules } = rbacList("local").items.find((it) => it.kind === "ClusterRole" && (it as { metadata?: { name: string } }).metadata?.name === role) as unknown as { rules: { resources: string[]; verbs: string[] }[] };
    return rules.flatMap(({ resources, verbs }) => resources.flatMap((resource) => verbs.map((verb) => `${verb} ${resource}`))).filter((right) => !used.has(right));
  }
}

interface AuditEvent {
  user: { username: string };
  verb: string;
  requestURI: string;
  objectRef?: { resource: string; subresource?: string; namespace?: string; name?: string };
  annotations: Record<string, string>;
}

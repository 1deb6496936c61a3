import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import type { EnvironmentName } from "../../config/names";
import { projectRoot } from "../../config/root";

/** In the order in which they are made. */
const files = ["access", "viewer", "deployer", "fence", "environment"];

export interface RbacOptions {
  /** With what the Pulumi Kubernetes Operator's workspaces need besides. */
  operator?: boolean;
  /** With what the API needs where it runs in the cluster. */
  controlPlane?: boolean;
}

/** Accounts, roles and the fence of an environment, for an administrator to apply: nobody makes their own rights. */
export const rbacManifests = (env: EnvironmentName, { operator = false, controlPlane = false }: RbacOptions = {}): string =>
  [...files, ...(operator ? ["operator"] : []), ...(controlPlane ? ["control-plane"] : [])].map((name) => readFileSync(join(projectRoot, "infra/rbac", `${name}.yaml`), "utf8").replaceAll("ENVIRONMENT", env)).join("---\n");

/** The same as one object of the API. */
export const rbacList = (env: EnvironmentName, options?: RbacOptions): { apiVersion: "v1"; kind: "List"; items: { kind: string }[] } => ({
  apiVersion: "v1", kind: "List", items: parseAllDocuments(rbacManifests(env, options)).map((document) => document.toJS() as { kind: string }),
});

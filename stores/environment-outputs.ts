import { StackReference, getOrganization, getProject, type Output } from "@pulumi/pulumi";
import { UserError } from "../config/errors";
import { withOverrides, withRenamed, type EnvironmentSettings } from "../config/environment";
import type { EnvironmentName } from "../config/names";

/** What every store of an environment shares, as the environment's stack has it; plain values only. */
export interface SharedParts {
  settings: EnvironmentSettings;
  /** A revision for each secret that the environment holds; it changes with the secret's value, which it does not tell. */
  secretRevisions: { pullSecret?: string; smtpPassword?: string; backupKey?: string };
}

export interface Environment extends SharedParts {
  /** The cluster that the environment was last brought up on; undefined before it was, or where the cluster itself was asked for the rest. */
  cluster?: string;
  /** A `.dockerconfigjson`; present when the environment has one. */
  pullSecret?: Output<string>;
  smtpPassword?: Output<string>;
  /** What all backups can be opened with. */
  backupKey?: Output<string>;
}

/** Reads the outputs of the environment's stack. */
export async function environmentOf(env: EnvironmentName): Promise<Environment> {
  const stack = new StackReference(`${getOrganization()}/${getProject()}/${env}`);
  const [settings, revisions, cluster] = await Promise.all(["settings", "secretRevisions", "cluster"].map((name) => stack.getOutputDetails(name)));
  if (!settings?.value) throw new UserError(`the environment's stack "${env}" has no settings yet`, `Bring it up first: pulumi up -s ${env}`, "no-environment");
  const secretRevisions = (revisions?.value ?? {}) as SharedParts["secretRevisions"];
  return {
    settings: withOverrides(withRenamed(settings.value) as EnvironmentSettings),
    secretRevisions,
    cluster: cluster?.value as string | undefined,
    ...(secretRevisions.pullSecret && { pullSecret: stack.requireOutput("pullSecret") as Output<string> }),
    ...(secretRevisions.smtpPassword && { smtpPassword: stack.requireOutput("smtpPassword") as Output<string> }),
    ...(secretRevisions.backupKey && { backupKey: stack.requireOutput("backupKey") as Output<string> }),
  };
}

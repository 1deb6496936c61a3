import type { Config, Output } from "@pulumi/pulumi";
import type { BackupSettings } from "../config/backup";
import { settingsFile, stackConfig, type EnvironmentSettings } from "../config/environment";
import { UserError } from "../config/errors";
import type { EnvironmentName } from "../config/names";

/** Where backups go, and the secrets that this takes. */
export interface BackupSecrets {
  backup: BackupSettings;
  /** What all of them can be opened with. */
  backupKey: Output<string>;
  bucketLogin?: { accessKey: Output<string>; secretKey: Output<string> };
}

/**
 * The secrets of an environment's backups; undefined where it has none. They are in the settings, encrypted, and nowhere drawn: a key
 * that went with the state, or with the cluster, would take all backups with it. @throws UserError where one is missing
 */
export function backupSecrets(env: EnvironmentName, { backup }: EnvironmentSettings, config: Pick<Config, "requireSecret">): BackupSecrets | undefined {
  if (!backup) return undefined;
  const wanted = { backupKey: ' "$(openssl rand -hex 24)"', ...(backup.bucket && { backupAccessKey: "", backupSecretKey: "" }) };
  const there = stackConfig(env);
  const lacking = Object.entries(wanted).filter(([name]) => there[`storefleet:${name}`] === undefined);
  if (lacking.length > 0) {
    throw new UserError(
      `backups need ${lacking.map(([name]) => `the secret storefleet:${name}`).join(" and ")}, which ${settingsFile(env)} does not have; nothing was touched`,
      `Set ${lacking.length > 1 ? "them" : "it"}, and keep the key somewhere else as well, since without it no backup can be opened:\n${lacking.map(([name, value]) => `pulumi config set --stack ${env} --secret storefleet:${name}${value}`).join("\n")}`,
      "settings-invalid",
    );
  }
  const secret = (name: string) => config.requireSecret(name);
  return { backup, backupKey: secret("backupKey"), ...(backup.bucket && { bucketLogin: { accessKey: secret("backupAccessKey"), secretKey: secret("backupSecretKey") } }) };
}

import { createHash } from "node:crypto";
import { z } from "zod";

/** Where an environment's gateway to its backups is; `infra/` puts it there. */
export const backupPlace = { namespace: "storefleet-backup", release: "backup-gateway", port: 8000, keys: "backup-keys" } as const;

/** The component label of a store's backup pods, which policies name them by. */
export const backupComponent = "backup";

/** Names of what this makes in a store's namespace. */
export const backupNames = {
  /** Of the CronJob that makes backups, its Secret and its NetworkPolicy. */
  backup: "backup",
  /** Of the CronJob that never runs by itself, of which a restore is made. */
  restore: "restore",
  scripts: "backup-scripts",
  /** The Secret with the repository that is restored from; made for a restore, and gone with it. */
  source: "restore-source",
} as const;

/** What a backup was made for: a tag of its snapshot. */
export const backupKinds = ["scheduled", "manual", "pre-upgrade", "pre-restore", "final"] as const;
export type BackupKind = (typeof backupKinds)[number];

/** How often each store is backed up. */
export const backupSchedules = ["hourly", "daily", "weekly"] as const;
export type BackupSchedule = (typeof backupSchedules)[number];

/** Milliseconds between two backups. */
export const periodOf = (schedule: BackupSchedule): number => ({ hourly: 1, daily: 24, weekly: 7 * 24 })[schedule] * 3_600_000;

const bucket = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, { error: "is not a bucket's name — use 3 to 63 lowercase letters, digits, dots and hyphens" }),
  endpoint: z.url({ protocol: /^https?$/, error: 'is not an address — write it like "https://s3.eu-central-1.amazonaws.com"' }).describe("Of any server that speaks S3."),
  region: z.string().min(1).default("us-east-1"),
  folder: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, { error: "is not a folder — use lowercase letters, digits and hyphens" }).default("backups").describe("Where in the bucket."),
});

/** The setting `backup`. */
export const backupSettings = z
  .strictObject({
    schedule: z.enum(backupSchedules).default("daily").describe("How often each store is backed up; the minute follows from its name."),
    volume: z.string().regex(/^[1-9]\d*(Mi|Gi|Ti)$/, { error: 'is not a volume size — write it like "20Gi"' }).optional().describe("A volume of the cluster that holds them all: gone with the cluster, so for trying only."),
    bucket: bucket.optional().describe("A bucket that holds them all. Its login is the secrets storefleet:backupAccessKey and storefleet:backupSecretKey."),
  })
  .refine(({ volume, bucket: it }) => (volume === undefined) !== (it === undefined), { path: ["bucket"], error: "or volume is needed, one of the two — name where backups are kept" });
export type BackupSettings = z.infer<typeof backupSettings>;

/** Where a store's backups are: of the store and its namespace, so that a name that is used again begins anew and takes nothing over. */
export const repositoryOf = (store: string, uid: string): string => `${store}/${uid.slice(0, 8)}`;

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

/**
 * A key made of another one, of which it tells nothing: everything about an environment's backups follows from its recovery key. Twice,
 * so that nobody can go on from one that he knows; by no more than what a shell has (`files/derive.sh` of the gateway's chart).
 */
export const derivedKey = (key: string, purpose: string): string => sha256(`${key}:${sha256(`${key}:${purpose}`)}`);

/** What opens the gateway for one repository, and what its content is encrypted with. */
export function repositoryKeys(recoveryKey: string, repository: string): { login: string; password: string } {
  return { login: derivedKey(gatewayKey(recoveryKey), repository), password: derivedKey(recoveryKey, repository) };
}

/** What the gateway knows a repository's login by; it opens no backup. */
export const gatewayKey = (recoveryKey: string): string => derivedKey(recoveryKey, "gateway");

/** As restic wants it, with the login apart. */
export const repositoryUrl = (repository: string): string => `rest:http://${backupPlace.release}.${backupPlace.namespace}.svc.cluster.local:${backupPlace.port}/${repository}/`;

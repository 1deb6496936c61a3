import { backupComponent, backupNames, periodOf, type BackupSchedule } from "../../config/backup";
import type { EnvironmentName } from "../../config/names";
import { storesCommand } from "../../config/stores-command";
import { KubeError, type Kube } from "../../kube";
import { labels } from "../../stores/labels";

interface Scheduled {
  metadata: { creationTimestamp: string };
  spec?: { suspend?: boolean };
  status?: { lastSuccessfulTime?: string };
}

/** Since when a store has had no backup, where that is longer than two of its turns; undefined where all is well, or it is suspended. */
export function overdueSince({ metadata, spec, status }: Scheduled, schedule: BackupSchedule, now: number): string | undefined {
  if (spec?.suspend) return undefined;
  const last = status?.lastSuccessfulTime ?? metadata.creationTimestamp;
  return now - Date.parse(last) > 2 * periodOf(schedule) ? last : undefined;
}

/** By namespace: what is to be said of a store's backups, where they fail. One call for a whole environment. */
export async function overdueBackups(kube: Kube, env: EnvironmentName, schedule: BackupSchedule): Promise<Map<string, string>> {
  const cronJobs = await kube.list("/apis/batch/v1/cronjobs", { labels: `${labels.env}=${env},${labels.store},app.kubernetes.io/component=${backupComponent}` }).catch((error) => {
    // Of an account whose rights are older than this.
    if (error instanceof KubeError && error.status === 403) return [];
    throw error;
  });
  const said = cronJobs.flatMap((it): [string, string][] => {
    const since = it.metadata.name === backupNames.backup ? overdueSince(it as Scheduled, schedule, kube.now()) : undefined;
    const store = it.metadata.labels?.[labels.store];
    return since === undefined ? [] : [[it.metadata.namespace ?? "", `no backup since ${since}; to see why: ${storesCommand(`backup ${store}`)}`]];
  });
  return new Map(said);
}

import { createHash } from "node:crypto";
import type { BackupSchedule } from "../../config/backup";

/** When a store's backup begins, as a CronJob has it: spread over the hour, and but for hourly ones over the night, by the store's name. */
export function scheduleFor(schedule: BackupSchedule, store: string): string {
  const [minute, hour, day] = [...createHash("sha256").update(store).digest()].slice(0, 3) as [number, number, number];
  const at = minute % 60;
  if (schedule === "hourly") return `${at} * * * *`;
  return `${at} ${hour % 6} * * ${schedule === "daily" ? "*" : day % 7}`;
}

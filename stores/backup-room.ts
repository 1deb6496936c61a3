import { sizeOf } from "../components/backup/jobs";
import type { PodDemand } from "../components/shared/room";
import type { EnvironmentSettings } from "../config/environment";
import { sizesFor } from "../config/plans";
import { mebibytes } from "../config/quantity";
import type { StoreSpec } from "../config/spec";

type Sized = Pick<StoreSpec, "engine" | "plan">;

/** MiB that a dump may take: databases have indexes, and room to grow, which dumps have not. */
export const dumpSizeOf = ({ engine, plan }: Sized, settings: EnvironmentSettings): number =>
  mebibytes(engine === "woocommerce" ? sizesFor("woocommerce", plan, settings).volumes.mariadb : sizesFor("medusa", plan, settings).volumes.postgres) / 2;

/** What backups need beside the shop: one that is made, and one that is made or put back by hand. */
export const backupDemand = (store: Sized, settings: EnvironmentSettings): PodDemand[] => (settings.backup ? [{ count: 2, ...sizeOf(dumpSizeOf(store, settings)) }] : []);

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { CustomResourceOptions, Input, Output } from "@pulumi/pulumi";
import { StoreBackup } from "../components/backup";
import type { Data } from "../components/backup/jobs";
import { secretNames as medusaSecrets } from "../components/medusa/values";
import type { OutsideSecret } from "../components/shared/shop-args";
import { secretNames as wooCommerceSecrets } from "../components/woocommerce/values";
import type { EnvironmentSettings } from "../config/environment";
import { projectRoot } from "../config/root";
import type { StoreSpec } from "../config/spec";
import { dumpSizeOf } from "./backup-room";
import { chartImage } from "./chart-image";

interface Place {
  namespace: Output<string>;
  namespaceUid: Output<string>;
  labels: Record<string, string>;
  recoveryKey: Output<string>;
  imagePullSecret?: Input<string>;
  /** The shop's Secrets that come from outside, by kind. */
  secrets: Record<string, OutsideSecret>;
}

/** A store's backups, where its environment has a place for them. */
export function backupOf(spec: StoreSpec, settings: EnvironmentSettings & Required<Pick<EnvironmentSettings, "backup">>, { secrets, ...place }: Place, opts: CustomResourceOptions): StoreBackup {
  return new StoreBackup(
    "backup",
    {
      ...place,
      store: spec.name,
      scripts: scriptsOf(spec.engine),
      account: spec.engine,
      schedule: settings.backup.schedule,
      suspended: spec.suspended,
      dumpSize: dumpSizeOf(spec, settings),
      image: settings.images.overrides.restic ?? chartImage("backup-gateway", "restic"),
      ...(spec.engine === "woocommerce" ? { data: wooCommerce(settings, secrets) } : { data: medusa(spec, settings, secrets), reaches: medusaParts }),
    },
    opts,
  );
}

const file = (name: string) => readFileSync(join(projectRoot, "components", "backup", "files", name), "utf8");

/** What the pods run. */
const scriptsOf = (engine: StoreSpec["engine"]) => ({ "save.sh": file("save.sh"), "fetch.sh": file("fetch.sh"), "dump.sh": file(`dump-${engine}.sh`), "load.sh": file(`load-${engine}.sh`) });

const wooCommerce = ({ images, sharedStorageClass }: EnvironmentSettings, outside: Place["secrets"]): Data => ({
  user: 33,
  image: images.overrides.mariadb ?? chartImage("woocommerce", "mariadb"),
  env: { DATABASE: "woocommerce-mariadb" },
  secrets: { database: outside.database?.name ?? wooCommerceSecrets.database, admin: outside.admin?.name ?? wooCommerceSecrets.admin },
  uploads: { claim: "woocommerce-uploads", ...(sharedStorageClass === undefined && { besides: { app: "wordpress", "app.kubernetes.io/instance": "woocommerce" } }) },
});

const medusa = ({ adminEmail }: StoreSpec, { images }: EnvironmentSettings, outside: Place["secrets"]): Data => ({
  user: 999,
  image: images.overrides.postgres ?? chartImage("medusa", "postgres"),
  env: { PGHOST: "medusa-postgres", PGUSER: "medusa", PGDATABASE: "medusa", PGCONNECT_TIMEOUT: "10", REDIS: "medusa-redis", ADMIN_EMAIL: adminEmail },
  secrets: { database: outside.database?.name ?? medusaSecrets.database, redis: outside.redis?.name ?? medusaSecrets.redis },
});

/** Its chart says who may connect to which. */
const medusaParts = [{ labels: { app: "postgres" }, port: 5432 }, { labels: { app: "redis" }, port: 6379 }];

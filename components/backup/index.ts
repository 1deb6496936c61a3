import { ConfigMap, Secret } from "@pulumi/kubernetes/core/v1";
import { CronJob } from "@pulumi/kubernetes/batch/v1";
import { NetworkPolicy } from "@pulumi/kubernetes/networking/v1";
import { ComponentResource, type ComponentResourceOptions, type Input, type Output, all, output, secret } from "@pulumi/pulumi";
import { backupComponent, backupNames as names, backupPlace, repositoryKeys, repositoryOf, repositoryUrl, type BackupSchedule } from "../../config/backup";
import { gatewayPodLabels } from "../backup-gateway/names";
import { pulumiLabels } from "../shared/labels";
import { backupPod, restorePod, type Data, type Work } from "./jobs";
import { scheduleFor } from "./schedule";

export interface StoreBackupArgs {
  /** The store's namespace. */
  readonly namespace: Input<string>;
  /** The namespace's `uid`: a part of where the backups are. */
  readonly namespaceUid: Input<string>;
  /** The store's name. */
  readonly store: string;
  /** What the pods run: `dump.sh`, `save.sh`, `fetch.sh` and `load.sh`. */
  readonly scripts: Record<string, string>;
  /** What all backups of the environment can be opened with; the store gets only what is made of it for itself. */
  readonly recoveryKey: Input<string>;
  /** How often. */
  readonly schedule: BackupSchedule;
  /** MiB that a dump of the database may take on the node. */
  readonly dumpSize: number;
  /** Where the engine's chart keeps what is to be saved. */
  readonly data: Data;
  /** The image of restic. */
  readonly image: Input<string>;
  /** The ServiceAccount of the shop's pods. */
  readonly account: Input<string>;
  /**
   * No pods run, so there is nothing new to save.
   * @default false
   */
  readonly suspended?: boolean;
  /**
   * Name of a pull Secret in the namespace.
   * @default none
   */
  readonly imagePullSecret?: Input<string>;
  /**
   * Pods of the shop that let these connect to them, by their labels, and the port.
   * @default all do
   * @example `[{ labels: { app: "postgres" }, port: 5432 }]`
   */
  readonly reaches?: { labels: Record<string, string>; port: number }[];
  /**
   * Labels of all objects.
   * @default none
   */
  readonly labels?: Record<string, string>;
}

/** One store's backups: a CronJob that makes them, and one of which restores are made. Neither has a token, nor anybody else's key. */
export class StoreBackup extends ComponentResource {
  constructor(name: string, args: StoreBackupArgs, opts?: ComponentResourceOptions) {
    super("storefleet:index:StoreBackup", name, { ...args, recoveryKey: undefined, scripts: undefined }, opts);
    const { namespace, store } = args;
    const labels = pulumiLabels(args.labels ?? {}, backupComponent);
    const parent = { parent: this };

    const scripts = new ConfigMap(`${name}-scripts`, { metadata: { name: names.scripts, namespace, labels }, data: args.scripts }, parent);
    const key = new Secret(`${name}-key`, { metadata: { name: names.backup, namespace, labels }, stringData: this.repository(args) }, parent);
    this.openWays(name, args, labels);
    const job: Work = { ...args, labels: args.labels ?? {} };
    const dependsOn = { parent: this, dependsOn: [scripts, key] };
    const cronJob = (which: keyof Pick<typeof names, "backup" | "restore">, schedule: string, suspend: boolean, template: object) =>
      new CronJob(`${name}-${which}`, {
        metadata: { name: names[which], namespace, labels },
        spec: {
          schedule, suspend, concurrencyPolicy: "Forbid", startingDeadlineSeconds: 3600, successfulJobsHistoryLimit: 1, failedJobsHistoryLimit: 1,
          jobTemplate: { metadata: { labels }, spec: { backoffLimit: 2, activeDeadlineSeconds: 3600, ttlSecondsAfterFinished: 86_400, podReplacementPolicy: "Failed", template } },
        },
      }, dependsOn);
    cronJob("backup", scheduleFor(args.schedule, store), args.suspended ?? false, backupPod(job));
    cronJob("restore", "0 0 1 1 *", true, restorePod(job));
    this.registerOutputs({});
  }

  /** By restic's own variables. */
  private repository({ store, namespaceUid, recoveryKey }: StoreBackupArgs): Record<string, Output<string>> {
    const repository = output(namespaceUid).apply((uid) => repositoryOf(store, uid));
    const keys = secret(all([repository, recoveryKey]).apply(([it, key]) => repositoryKeys(key, it)));
    return {
      RESTIC_REPOSITORY: repository.apply(repositoryUrl),
      RESTIC_REST_USERNAME: output(store),
      RESTIC_REST_PASSWORD: keys.login,
      RESTIC_PASSWORD: keys.password,
    };
  }

  /** To the gateway and nowhere else outside; and where a shop's parts say who may connect to them, to those that are to be saved. */
  private openWays(name: string, { namespace, reaches = [] }: StoreBackupArgs, labels: Record<string, string>): void {
    const own = { matchLabels: { "app.kubernetes.io/component": backupComponent } };
    const gateway = { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": backupPlace.namespace } }, podSelector: { matchLabels: gatewayPodLabels } };
    const policy = (which: string, spec: object) => new NetworkPolicy(`${name}-${which}`, { metadata: { name: `allow-${which}`, namespace, labels }, spec: spec as never }, { parent: this });
    policy("backup", { podSelector: own, policyTypes: ["Egress"], egress: [{ to: [gateway], ports: [{ protocol: "TCP", port: backupPlace.port }] }] });
    for (const { labels: matchLabels, port } of reaches) {
      policy(`backup-${port}`, { podSelector: { matchLabels }, policyTypes: ["Ingress"], ingress: [{ from: [{ podSelector: own }], ports: [{ protocol: "TCP", port }] }] });
    }
  }
}

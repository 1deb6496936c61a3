import { createHash } from "node:crypto";
import { ComponentResource, type ComponentResourceOptions, type Input, type Output, all, output, secret, unsecret } from "@pulumi/pulumi";
import { Secret } from "@pulumi/kubernetes/core/v1";
import { gatewayKey } from "../../config/backup";
import { addonRelease, type AddonArgs } from "../shared/addon";
import { pulumiLabels } from "../shared/labels";

export interface BackupGatewayArgs extends Omit<AddonArgs, "image"> {
  /** Name of the release, and so of the Service that stores send to. */
  readonly release: string;
  /** The port of the Service. */
  readonly port: number;
  /** Name of the Secret to make with the keys. */
  readonly keysSecret: string;
  /** What all backups can be opened with. */
  readonly recoveryKey: Input<string>;
  /**
   * Size of the volume that holds the repositories.
   * @default a bucket holds them
   * @example "20Gi"
   */
  readonly volume?: string;
  /**
   * StorageClass of that volume.
   * @default the cluster's default
   */
  readonly storageClass?: string;
  /**
   * The bucket that holds the repositories.
   * @default a volume holds them
   * @example `{ name: "shops", endpoint: "https://s3.example.com", region: "us-east-1", folder: "backups", accessKey, secretKey }`
   */
  readonly bucket?: {
    /** Its name. */
    readonly name: string;
    /** Address of the server. */
    readonly endpoint: string;
    /** Its region. */
    readonly region: string;
    /** Where in the bucket. */
    readonly folder: string;
    /** Who logs in. */
    readonly accessKey: Input<string>;
    /** With what. */
    readonly secretKey: Input<string>;
  };
  /**
   * Images to run instead of the chart's.
   * @default the chart's, pinned by tag and digest
   * @example `{ restic: "registry.example.com/restic:0.19.1" }`
   */
  readonly images?: { readonly rclone?: string; readonly restic?: string; readonly node?: string };
}

/** The gateway to an environment's backups, and the only one that may take any away. */
export class BackupGateway extends ComponentResource {
  /** Helm's word on the installation, such as `deployed`. */
  public readonly releaseStatus: Output<string>;
  constructor(name: string, args: BackupGatewayArgs, opts?: ComponentResourceOptions) {
    super("storefleet:index:BackupGateway", name, { ...args, recoveryKey: undefined, bucket: undefined }, opts);
    const { namespace, labels, bucket, volume, storageClass, port, images = {} } = args;

    const recovery = secret(output(args.recoveryKey));
    const stringData = {
      recovery,
      gateway: recovery.apply(gatewayKey),
      ...(bucket && { "access-key": bucket.accessKey, "secret-key": bucket.secretKey }),
    };
    const metadata = { name: args.keysSecret, namespace, labels: pulumiLabels(labels ?? {}, "keys") };
    const keys = new Secret(`${name}-keys`, { metadata, stringData }, { parent: this });
    const values = {
      port,
      secret: keys.metadata.name,
      revision: unsecret(all(stringData).apply((it) => createHash("sha256").update(JSON.stringify(it)).digest("hex").slice(0, 12))),
      images: Object.fromEntries(Object.entries(images).filter(([, image]) => image !== undefined)),
      ...(volume !== undefined && { volume, storageClass: storageClass ?? "" }),
      ...(bucket && { bucket: { name: bucket.name, endpoint: bucket.endpoint, region: bucket.region, folder: bucket.folder } }),
    };
    const release = addonRelease(this, name, args, { name: args.release, folder: "backup-gateway", values }, { dependsOn: [keys] });

    this.releaseStatus = release.status.status;
    this.registerOutputs({ releaseStatus: this.releaseStatus });
  }
}

import { ComponentResource, type ComponentResourceOptions, type Input, type Output, interpolate, output, secret } from "@pulumi/pulumi";
import { Secret } from "@pulumi/kubernetes/core/v1";
import { Release } from "@pulumi/kubernetes/helm/v3";
import { RandomPassword } from "@pulumi/random";

import { pulumiLabels } from "../shared/labels";
import type { WooCommerceArgs } from "./args";
import { chartValues, release, secretNames } from "./values";

export type { WooCommerceArgs, WooCommerceProduct } from "./args";
export { quotaFor } from "./quota";
export type { UploadsAccessMode, WooCommerceSizes } from "./sizes";

const saltNames = ["auth", "secure-auth", "logged-in", "nonce"].flatMap((use) => [`${use}-key`, `${use}-salt`]);
const saltLength = 64;

/** One WooCommerce shop: generated secrets, and a Helm release of the chart beside this file. */
export class WooCommerce extends ComponentResource {
  /** The shop's generated address. */
  public readonly url: Output<string>;
  /** Where its administrator logs in. */
  public readonly adminUrl: Output<string>;
  public readonly adminUsername: Output<string>;
  public readonly adminPassword: Output<string>;
  /** Helm's word on the release, such as `deployed` or `failed`. */
  public readonly releaseStatus: Output<string>;

  constructor(name: string, args: WooCommerceArgs, opts?: ComponentResourceOptions) {
    super("storefleet:index:WooCommerce", name, args, opts);
    const parent = { parent: this };

    const password = (which: string, length: number) =>
      secret(new RandomPassword(`${name}-${which}`, { length, special: false }, parent).result);
    const createSecret = (which: keyof typeof secretNames, stringData: Record<string, Input<string>> | Output<Record<string, string>>) =>
      new Secret(
        `${name}-${which}`,
        {
          metadata: { name: secretNames[which], namespace: args.namespace, labels: pulumiLabels(args.labels ?? {}, which) },
          stringData,
        },
        parent,
      );

    const adminUsername = "admin";
    const adminPassword = password("admin-password", 24);
    const secrets = [
      createSecret("admin", { username: adminUsername, password: adminPassword, email: args.adminEmail }),
      createSecret("database", { password: password("database-password", 32), "root-password": password("root-password", 32) }),
      // One draw, cut into eight.
      createSecret("salts", password("salts", saltNames.length * saltLength).apply(eightSalts)),
    ];

    const installation = new Release(
      `${name}-release`,
      {
        name: release,
        namespace: args.namespace,
        chart: "./components/woocommerce/chart",
        values: chartValues(args),
        timeout: args.timeout ?? 600,
        waitForJobs: true,
        maxHistory: 5,
      },
      { parent: this, dependsOn: secrets },
    );

    this.url = interpolate`${args.tls ? "https" : "http"}://${args.host}`;
    this.adminUrl = interpolate`${this.url}/wp-admin/`;
    this.adminUsername = output(adminUsername);
    this.adminPassword = adminPassword;
    this.releaseStatus = installation.status.status;
    this.registerOutputs({
      url: this.url,
      adminUrl: this.adminUrl,
      adminUsername: this.adminUsername,
      adminPassword: this.adminPassword,
      releaseStatus: this.releaseStatus,
    });
  }
}

function eightSalts(random: string): Record<string, string> {
  return Object.fromEntries(saltNames.map((key, index) => [key, random.slice(index * saltLength, (index + 1) * saltLength)]));
}

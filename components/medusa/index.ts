import { ComponentResource, type ComponentResourceOptions, type Input, type Output, interpolate, output, secret } from "@pulumi/pulumi";
import { Secret } from "@pulumi/kubernetes/core/v1";
import { Release } from "@pulumi/kubernetes/helm/v3";
import { RandomPassword } from "@pulumi/random";

import { pulumiLabels } from "../shared/labels";
import type { MedusaArgs } from "./args";
import { chartValues, release, secretNames } from "./values";

export type { MedusaArgs, MedusaProduct } from "./args";
export { quotaFor } from "./quota";
export type { MedusaSizes } from "./sizes";

/** One Medusa shop: generated secrets, and a Helm release of the chart beside this file. */
export class Medusa extends ComponentResource {
  /** The shop's generated address. */
  public readonly url: Output<string>;
  /** Where its administrator logs in. */
  public readonly adminUrl: Output<string>;
  public readonly adminUsername: Output<string>;
  public readonly adminPassword: Output<string>;
  /** Helm's word on the release, such as `deployed` or `failed`. */
  public readonly releaseStatus: Output<string>;

  constructor(name: string, args: MedusaArgs, opts?: ComponentResourceOptions) {
    super("storefleet:index:Medusa", name, args, opts);
    const parent = { parent: this };

    const password = (which: string, length: number) =>
      secret(new RandomPassword(`${name}-${which}`, { length, special: false }, parent).result);
    const createSecret = (which: keyof typeof secretNames, stringData: Record<string, Input<string>>) =>
      new Secret(
        `${name}-${which}`,
        {
          metadata: { name: secretNames[which], namespace: args.namespace, labels: pulumiLabels(args.labels ?? {}, which) },
          stringData,
        },
        parent,
      );

    const adminPassword = password("admin-password", 24);
    const secrets = [
      createSecret("admin", { username: args.adminEmail, email: args.adminEmail, password: adminPassword }),
      // Letters and digits only: they also become parts of connection URLs.
      createSecret("database", { password: password("database-password", 32), "postgres-password": password("postgres-password", 32) }),
      createSecret("redis", { password: password("redis-password", 32) }),
      createSecret("app", { "jwt-secret": password("jwt-secret", 48), "cookie-secret": password("cookie-secret", 48) }),
    ];

    const installation = new Release(
      `${name}-release`,
      {
        name: release,
        namespace: args.namespace,
        chart: "./components/medusa/chart",
        values: chartValues(args),
        timeout: args.timeout ?? 600,
        waitForJobs: true,
        maxHistory: 5,
      },
      { parent: this, dependsOn: secrets },
    );

    this.url = interpolate`${args.tls ? "https" : "http"}://${args.host}`;
    this.adminUrl = interpolate`${this.url}/app`;
    this.adminUsername = output(args.adminEmail);
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

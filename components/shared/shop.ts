import { ComponentResource, type ComponentResourceOptions, type Input, type Output, interpolate, output, secret } from "@pulumi/pulumi";
import { ConfigMap, Secret } from "@pulumi/kubernetes/core/v1";
import { Release } from "@pulumi/kubernetes/helm/v3";
import { RandomPassword } from "@pulumi/random";

import { pulumiLabels } from "./labels";
import type { ShopArgs } from "./shop-args";

/** What an engine adds to a shop: its release, and how its administrator gets in. */
interface Installation {
  /** Name of the release and of the chart's folder. */
  engine: string;
  values: Record<string, unknown>;
  secrets: Secret[];
  /** Path of the admin pages. */
  adminPath: string;
  adminUsername: Input<string>;
  adminPassword: Output<string>;
}

/** One shop of any engine: generated secrets, and one Helm release of the engine's chart. */
export abstract class Shop extends ComponentResource {
  /** The shop's generated address. */
  public url!: Output<string>;
  /** Where its administrator logs in. */
  public adminUrl!: Output<string>;
  public adminUsername!: Output<string>;
  public adminPassword!: Output<string>;
  /** Helm's word on the release, such as `deployed` or `failed`. */
  public releaseStatus!: Output<string>;

  constructor(
    type: string,
    protected readonly name: string,
    private readonly args: ShopArgs,
    opts?: ComponentResourceOptions,
  ) {
    super(`storefleet:index:${type}`, name, args, opts);
  }

  /** Letters and digits only: passwords also become parts of connection URLs. */
  protected createPassword(which: string, length: number): Output<string> {
    return secret(new RandomPassword(`${this.name}-${which}`, { length, special: false }, { parent: this }).result);
  }

  protected createSecret(which: string, objectName: string, stringData: Input<Record<string, Input<string>>>): Secret {
    const labels = pulumiLabels(this.args.labels ?? {}, which);
    return new Secret(`${this.name}-${which}`, { metadata: { name: objectName, namespace: this.args.namespace, labels }, stringData }, { parent: this });
  }

  /** One ConfigMap for each image, as all of them would be too large for one; nor could Helm's record of the release hold them. */
  private createImages(engine: string): ConfigMap[] {
    const { namespace, imageFiles, labels } = this.args;
    return Object.entries(imageFiles ?? {}).map(([file, content]) => {
      const name = `${engine}-image-${file.split(".")[0]}`;
      const metadata = { name, namespace, labels: pulumiLabels(labels ?? {}, "product-image") };
      return new ConfigMap(`${this.name}-image-${file}`, { metadata, binaryData: { [file]: content } }, { parent: this });
    });
  }

  /** Installs the chart, once its secrets are there, and sets all outputs. */
  protected install({ engine, values, secrets, adminPath, adminUsername, adminPassword }: Installation): void {
    const { namespace, timeout, host, tls } = this.args;
    const images = this.createImages(engine);
    const release = new Release(
      `${this.name}-release`,
      {
        name: engine,
        namespace,
        // Relative: the folder that Pulumi runs in always holds `components`, and the path is recorded in the state.
        chart: `./components/${engine}/chart`,
        values: { ...values, productImages: images.map(({ metadata }) => metadata.name) },
        timeout: timeout ?? 600,
        waitForJobs: true,
        maxHistory: 5,
      },
      { parent: this, dependsOn: [...secrets, ...images] },
    );

    this.url = interpolate`${tls ? "https" : "http"}://${host}`;
    this.adminUrl = interpolate`${this.url}${adminPath}`;
    this.adminUsername = output(adminUsername);
    this.adminPassword = adminPassword;
    this.releaseStatus = release.status.status;
    const { url, adminUrl, releaseStatus } = this;
    this.registerOutputs({ url, adminUrl, adminUsername: this.adminUsername, adminPassword, releaseStatus });
  }
}

/** The chart values that every engine's chart takes. */
export function commonValues({ smtp, imagePullSecret, labels, ingressClass, host, domains, tls, suspended, chartDigest }: ShopArgs) {
  return {
    imagePullSecrets: imagePullSecret === undefined ? [] : [imagePullSecret],
    labels: labels ?? {},
    ingress: { className: ingressClass ?? "traefik", host, domains: domains ?? [], tlsIssuer: tls?.issuer ?? "" },
    ...(smtp && { smtp: { host: smtp.host, port: smtp.port, from: smtp.from, ...smtp.login } }),
    suspended: suspended ?? false,
    chartDigest: chartDigest ?? "",
  };
}

/** The part of `shop:` in the chart values that every engine's chart takes. */
export function commonShopValues({ title, adminEmail, currency, decimals, country, products }: ShopArgs) {
  return { title, adminEmail, currency: currency ?? "EUR", decimals: decimals ?? 2, country: country ?? "DE", products: products ?? [] };
}

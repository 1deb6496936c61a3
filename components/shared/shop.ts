import { createHash } from "node:crypto";
import { ComponentResource, type ComponentResourceOptions, type Input, type Output, interpolate, output, secret } from "@pulumi/pulumi";
import { ConfigMap, Secret } from "@pulumi/kubernetes/core/v1";
import { Release } from "@pulumi/kubernetes/helm/v3";
import { RandomPassword } from "@pulumi/random";

import { catalogueParts, secondsForProducts } from "../../config/catalogue";
import { portIn, urlOf } from "../../config/url";
import { besideLiving, type Kept } from "./generated";
import { pulumiLabels } from "./labels";
import type { ShopArgs } from "./shop-args";

/** What an engine adds to a shop: its release, and how its administrator gets in. */
interface Installation {
  /** Name of the release and of the chart's folder. */
  engine: string;
  values: Record<string, unknown> & { shop: object };
  /** By the last part of their resources' names; one of them is `admin`, with a `password`. */
  secrets: Record<string, ShopSecret>;
  /** Path of the admin pages. */
  adminPath: string;
  adminUsername: Input<string>;
}

/** A Secret of the shop. */
interface ShopSecret {
  /** Name of the object. */
  name: string;
  /** What is generated for it. */
  drawn: Record<string, Output<string>>;
  given?: Record<string, Input<string>>;
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
  /** With `living`, all else is there only after this; it rejects where the shop's passwords are not this state's. */
  public installed: Promise<void> = Promise.resolve();

  constructor(
    type: string,
    protected readonly name: string,
    private readonly args: ShopArgs,
    opts?: ComponentResourceOptions,
  ) {
    // A component's arguments become part of the state; what lives in the cluster is none of its business.
    super(`storefleet:index:${type}`, name, { ...args, living: undefined }, opts);
  }

  /** Letters and digits only: passwords also become parts of connection URLs. */
  protected createPassword(which: string, length: number): Output<string> {
    return secret(new RandomPassword(`${this.name}-${which}`, { length, special: false }, { parent: this }).result);
  }

  private createSecret(which: string, { name, given }: ShopSecret, { values, annotations }: Kept): Secret {
    const { namespace, labels } = this.args;
    const metadata = { name, namespace, labels: pulumiLabels(labels ?? {}, which), annotations };
    return new Secret(`${this.name}-${which}`, { metadata, stringData: { ...given, ...values } }, { parent: this });
  }

  /** One ConfigMap for each image, as all of them would be too large for one; nor could Helm's record of the release hold them. */
  private createImages(engine: string): ConfigMap[] {
    return Object.entries(this.args.imageFiles ?? {}).map(([file, binary]) => this.createFile(engine, `image-${file.split(".")[0]}`, { binaryData: { [file]: binary } }));
  }

  /** The products in as many ConfigMaps as they need. Named by their content, so that another catalogue runs another set-up Job. */
  private createCatalogue(engine: string): ConfigMap[] {
    return catalogueParts(this.args.products ?? []).map((json, index) => {
      const name = `products-${index}-${createHash("sha256").update(json).digest("hex").slice(0, 16)}`;
      return this.createFile(engine, name, { data: { [`${String(index).padStart(3, "0")}.json`]: json } });
    });
  }

  /** A ConfigMap that the set-up Job mounts. */
  private createFile(engine: string, name: string, content: { data?: Record<string, string>; binaryData?: Record<string, string> }): ConfigMap {
    const metadata = { name: `${engine}-${name}`, namespace: this.args.namespace, labels: pulumiLabels(this.args.labels ?? {}, "setup") };
    return new ConfigMap(`${this.name}-${name}`, { metadata, ...content }, { parent: this });
  }

  /** Installs the chart, once its secrets are there, and sets all outputs. A shop that runs keeps the passwords that it has. */
  protected install(installation: Installation): void {
    const { living } = this.args;
    const secrets = Object.entries(installation.secrets);
    if (!living) return this.create(installation, Object.fromEntries(secrets.map(([which, { drawn }]) => [which, { values: drawn }])));
    const kept = secrets.map(async ([which, { name, drawn }]) => [which, await besideLiving(drawn, name, living)]);
    this.installed = Promise.all(kept).then((entries) => this.create(installation, Object.fromEntries(entries)));
  }

  private create({ engine, values, secrets, adminPath, adminUsername }: Installation, kept: Record<string, Kept>): void {
    const { namespace, timeout, host, tls, ports, products = [] } = this.args;
    const objects = Object.entries(secrets).map(([which, secret]) => this.createSecret(which, secret, kept[which] as Kept));
    const adminPassword = kept.admin?.values.password as Output<string>;
    const [images, catalogue] = [this.createImages(engine), this.createCatalogue(engine)];
    const names = (files: ConfigMap[]) => files.map(({ metadata }) => metadata.name);
    const release = new Release(
      `${this.name}-release`,
      {
        name: engine,
        namespace,
        // Relative: the folder that Pulumi runs in always holds `components`, and the path is recorded in the state.
        chart: `./components/${engine}/chart`,
        values: { ...values, shop: { ...values.shop, products: [] }, productFiles: names(catalogue), ...(images.length > 0 && { productImages: names(images) }) },
        timeout: output(timeout ?? 600).apply((seconds) => seconds + secondsForProducts(products.length)),
        waitForJobs: true,
        maxHistory: 5,
      },
      { parent: this, dependsOn: [...objects, ...images, ...catalogue] },
    );

    this.url = output(host).apply((it) => urlOf(it, tls !== undefined, ports));
    this.adminUrl = interpolate`${this.url}${adminPath}`;
    this.adminUsername = output(adminUsername);
    this.adminPassword = adminPassword;
    this.releaseStatus = release.status.status;
    const { url, adminUrl, releaseStatus } = this;
    this.registerOutputs({ url, adminUrl, adminUsername: this.adminUsername, adminPassword, releaseStatus });
  }
}

/** The chart values that every engine's chart takes. */
export function commonValues({ smtp, imagePullSecret, labels, ingressClass, host, domains, tls, ports, suspended, products = [], chartDigest }: ShopArgs) {
  const port = portIn(tls !== undefined, ports);
  return {
    imagePullSecrets: imagePullSecret === undefined ? [] : [imagePullSecret],
    labels: labels ?? {},
    ingress: { className: ingressClass ?? "traefik", host, domains: domains ?? [], tlsIssuer: tls?.issuer ?? "", ...(port && { port }) },
    ...(smtp && { smtp: { host: smtp.host, port: smtp.port, from: smtp.from, ...(smtp.login && { username: smtp.login.username, passwordSecret: smtp.login.passwordSecret }) } }),
    suspended: suspended ?? false,
    productSeconds: secondsForProducts(products.length),
    chartDigest: chartDigest ?? "",
  };
}

/** The part of `shop:` in the chart values that every engine's chart takes. */
export function commonShopValues({ title, adminEmail, currency, decimals, country, products }: ShopArgs) {
  return { title, adminEmail, currency: currency ?? "EUR", decimals: decimals ?? 2, country: country ?? "DE", products: products ?? [] };
}

import { ComponentResource, type ComponentResourceOptions, type CustomResourceOptions, type Input, type Output, interpolate, output, secret } from "@pulumi/pulumi";
import { ConfigMap, Secret } from "@pulumi/kubernetes/core/v1";
import { Release, type ReleaseArgs } from "@pulumi/kubernetes/helm/v3";
import { RandomPassword } from "@pulumi/random";

import { catalogueParts, partName, secondsForProducts } from "../../config/catalogue";
import { urlOf } from "../../config/url";
import { besideLiving, type Kept } from "./generated";
import { pulumiLabels } from "./labels";
import type { ShopArgs } from "./shop-args";
import { transformed } from "./transform";
import { checked } from "./wrong-args";

/** What an engine adds to a shop: its release, and how its administrator gets in. */
export interface Installation {
  /** Name of the release and of the chart's folder. */
  engine: string;
  values: Record<string, unknown> & { shop: object };
  /** By kind, which is the last part of their resources' names. */
  secrets: { admin: ShopSecret<"password">; [which: string]: ShopSecret };
  /** Path of the admin pages. */
  adminPath: string;
  /** Whoever may log in; undefined where only a Secret from outside tells. */
  adminUsername: Input<string> | undefined;
}

/** A Secret of the shop, made unless one comes from outside. */
export interface ShopSecret<Key extends string = string> {
  /** Name of the object. */
  name: string;
  /** Draws what is generated for it. */
  drawn: () => Record<Key, Output<string>>;
  given?: Record<string, Input<string>>;
}

/** Draws a password of so many letters and digits, which connection URLs take as they are. */
export type Draw = (which: string, length: number) => Output<string>;

/** One shop of any engine: its Secrets, generated or from outside, and one Helm release of the engine's chart. */
export abstract class Shop extends ComponentResource {
  /** The shop's generated address. */
  public readonly url: Output<string>;
  /** Where its administrator logs in. */
  public readonly adminUrl: Output<string>;
  /** Undefined where only a Secret from outside tells. */
  public readonly adminUsername: Output<string> | undefined;
  /** Undefined where it comes from outside, and where `installed` rejects. */
  public readonly adminPassword: Output<string> | undefined;
  /** Helm's word on the release, such as `deployed` or `failed`. Undefined where `installed` rejects. */
  public readonly releaseStatus: Output<string>;
  /** With `living`, Secrets and release are there only after this; it rejects where the shop's passwords are not this state's. */
  public readonly installed: Promise<void>;

  /** @param engine what is to be installed, for which it may draw passwords */
  constructor(type: string, private readonly name: string, private readonly args: ShopArgs, opts: ComponentResourceOptions | undefined, engine: (draw: Draw) => Installation) {
    // A component's arguments become part of the state; what lives in the cluster and functions have no place there.
    super(`storefleet:index:${type}`, name, { ...args, living: undefined, transform: undefined }, opts);
    const { host, tls, ports } = args;

    const installation = checked(this, () => engine((which, length) => this.createPassword(which, length)));
    const installing = this.besideLiving(installation, (kept) => {
      const files = { images: this.createImages(installation), catalogue: this.createCatalogue(installation) };
      const release = this.createRelease(installation, files, this.createSecrets(installation, kept));
      return { adminPassword: kept.admin?.values.password, releaseStatus: release.status.status };
    });
    // A program never ends in which something waits for an output that never comes, and this one's are registered.
    const later = <T>(pick: (it: Awaited<typeof installing>) => Output<T> | undefined) => output(installing.then(pick, () => undefined)) as Output<T>;

    this.url = output(host).apply((it) => urlOf(it, tls !== undefined, ports));
    this.adminUrl = interpolate`${this.url}${installation.adminPath}`;
    this.adminUsername = installation.adminUsername === undefined ? undefined : output(installation.adminUsername);
    this.adminPassword = args.secrets?.admin ? undefined : later((it) => it.adminPassword);
    this.releaseStatus = later((it) => it.releaseStatus);
    this.installed = installing.then(() => {});
    const { url, adminUrl, adminUsername, adminPassword, releaseStatus } = this;
    this.registerOutputs({ url, adminUrl, ...(adminUsername && { adminUsername }), ...(adminPassword && { adminPassword }), releaseStatus });
  }

  private createPassword(which: string, length: number): Output<string> {
    return secret(new RandomPassword(`${this.name}-${which}`, { length, special: false }, { parent: this }).result);
  }

  /** `create` with the values of all Secrets, at once or when they were held against those that live: a shop that runs keeps the passwords that it has. */
  private besideLiving<T>({ secrets }: Installation, create: (kept: Record<string, Kept>) => T): Promise<T> {
    const { living, secrets: outside = {} } = this.args;
    const own = Object.entries(secrets).filter(([which]) => !(which in outside)).map(([which, { name, drawn }]) => ({ which, name, drawn: drawn() }));
    if (!living) return Promise.resolve(create(Object.fromEntries(own.map(({ which, drawn }) => [which, { values: drawn }]))));
    const kept = own.map(async ({ which, name, drawn }) => [which, await besideLiving(drawn, name, living)]);
    return Promise.all(kept).then((entries) => create(Object.fromEntries(entries)));
  }

  /** Those that are not from outside. */
  private createSecrets({ secrets }: Installation, kept: Record<string, Kept>): Secret[] {
    const { namespace, labels } = this.args;
    return Object.entries(kept).map(([which, { values, annotations }]) => {
      const { name, given } = secrets[which] as ShopSecret;
      const metadata = { name, namespace, labels: pulumiLabels(labels ?? {}, which), annotations };
      return new Secret(`${this.name}-${which}`, { metadata, stringData: { ...given, ...values } }, { parent: this });
    });
  }

  /** One ConfigMap for each image, as all of them would be too large for one; nor could Helm's record of the release hold them. */
  private createImages({ engine }: Installation): ConfigMap[] {
    return Object.entries(this.args.imageFiles ?? {}).map(([file, binary]) => this.createFile(engine, `image-${file.split(".")[0]}`, { binaryData: { [file]: binary } }));
  }

  /** The products in as many ConfigMaps as they need. */
  private createCatalogue({ engine }: Installation): ConfigMap[] {
    return catalogueParts(this.args.products ?? []).map((json, index) => this.createFile(engine, partName(json, index), { data: { [`${String(index).padStart(3, "0")}.json`]: json } }));
  }

  /** A ConfigMap that the set-up Job mounts. */
  private createFile(engine: string, name: string, content: { data?: Record<string, string>; binaryData?: Record<string, string> }): ConfigMap {
    const metadata = { name: `${engine}-${name}`, namespace: this.args.namespace, labels: pulumiLabels(this.args.labels ?? {}, "setup") };
    return new ConfigMap(`${this.name}-${name}`, { metadata, ...content }, { parent: this });
  }

  private createRelease({ engine, values }: Installation, { images, catalogue }: Record<"images" | "catalogue", ConfigMap[]>, secrets: Secret[]): Release {
    const { namespace, timeout, products = [], transform } = this.args;
    const names = (files: ConfigMap[]) => files.map(({ metadata }) => metadata.name);
    const args: ReleaseArgs = {
      name: engine,
      namespace,
      // Relative: the folder that Pulumi runs in always holds `components`, and the path is recorded in the state.
      chart: `./components/${engine}/chart`,
      values: { ...values, shop: { ...values.shop, products: [] }, productFiles: names(catalogue), ...(images.length > 0 && { productImages: names(images) }) },
      timeout: output(timeout ?? 600).apply((seconds) => seconds + secondsForProducts(products.length)),
      waitForJobs: true,
      maxHistory: 5,
    };
    const opts: CustomResourceOptions = { parent: this, dependsOn: [...secrets, ...images, ...catalogue] };
    return new Release(...transformed(transform?.release, `${this.name}-release`, args, opts));
  }
}

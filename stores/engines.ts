import type { ComponentResourceOptions, Input } from "@pulumi/pulumi";
import { Medusa, roomFor as medusaRoom } from "../components/medusa";
import type { LivingSecrets } from "../components/shared/generated";
import type { Shop } from "../components/shared/shop";
import type { OutsideSecret } from "../components/shared/shop-args";
import { WooCommerce, roomFor as woocommerceRoom } from "../components/woocommerce";
import type { EnvironmentSettings } from "../config/environment";
import { filesDigest } from "../config/files-digest";
import { hostOf, type EnvironmentName } from "../config/names";
import { sizesFor } from "../config/plans";
import type { StoreSpec } from "../config/spec";
import { imageFilesOf } from "./image-files";
import type { LivingWalls } from "./living";
import { wallsFor, type Walls } from "./room";

/** Where a shop is put, known only once the store's walls stand. */
export interface Place {
  env: EnvironmentName;
  namespace: Input<string>;
  labels: Record<string, string>;
  imagePullSecret?: Input<string>;
  /** Name of the Secret whose `password` the SMTP server wants. */
  smtpSecret?: Input<string>;
  /** Changes with that password. */
  smtpRevision?: string;
  /** The shop's Secrets that come from outside, by kind. */
  secrets: Record<string, OutsideSecret>;
  /** The shop's Secrets as they are. */
  living: LivingSecrets;
}

/** How a store program treats an engine; adding an engine means adding one of these. */
export interface EngineProgram {
  /** The walls of an operation that sets out for a digest, where these live. */
  walls(digest: string, live: LivingWalls): Walls;
  /** Pod ports that the ingress controller connects to. */
  httpPorts: number[];
  /** Whether any pod accepts connections of any other; else the engine's chart says who may connect to which. */
  openInside: boolean;
  create(place: Place, opts: ComponentResourceOptions): Shop;
}

export function engineOf(spec: StoreSpec, settings: EnvironmentSettings): EngineProgram {
  return spec.engine === "woocommerce" ? woocommerce(spec, settings) : medusa(spec, settings);
}

function woocommerce(spec: StoreSpec & { engine: "woocommerce" }, settings: EnvironmentSettings): EngineProgram {
  const sizes = sizesFor("woocommerce", spec.plan, settings);
  const { wordpress, mariadb } = settings.images.overrides;
  return {
    walls: (digest, live) => wallsFor(sizes, woocommerceRoom, digest, live),
    httpPorts: [8080],
    openInside: true,
    create: (place, opts) =>
      new WooCommerce(
        "woocommerce",
        {
          ...common(spec, settings, place),
          sizes,
          sharedStorageClass: settings.sharedStorageClass,
          timezone: spec.woocommerce.timezone,
          guestCheckout: spec.woocommerce.guestCheckout,
          egress: settings.egress,
          images: { wordpress, mariadb },
          chartDigest: filesDigest(["components/woocommerce/chart"]),
        },
        opts,
      ),
  };
}

function medusa(spec: StoreSpec & { engine: "medusa" }, settings: EnvironmentSettings): EngineProgram {
  const sizes = sizesFor("medusa", spec.plan, settings);
  const { medusa: application, "medusa-storefront": storefront, postgres, redis } = settings.images.overrides;
  return {
    walls: (digest, live) => wallsFor(sizes, medusaRoom, digest, live),
    // The server's and the storefront's.
    httpPorts: [9000, 8000],
    openInside: false,
    create: (place, opts) =>
      new Medusa(
        "medusa",
        {
          ...common(spec, settings, place),
          sizes,
          countries: spec.medusa.countries,
          shippingPrice: spec.medusa.shippingPrice,
          accent: spec.medusa.accent,
          isolated: true,
          images: { medusa: application, storefront, postgres, redis },
          chartDigest: filesDigest(["components/medusa/chart"]),
        },
        opts,
      ),
  };
}

/** The args that all engines share. */
function common(spec: StoreSpec, settings: EnvironmentSettings, { env, namespace, labels, imagePullSecret, smtpSecret, smtpRevision, secrets, living }: Place) {
  const { host, port, from, username } = settings.smtp;
  return {
    namespace,
    labels,
    imagePullSecret,
    host: hostOf(env, spec.name, settings.hostSuffix),
    domains: spec.domains,
    tls: settings.tls,
    ports: settings.ingress.ports,
    ingressClass: settings.ingress.className,
    storageClass: settings.storageClass,
    title: spec.title,
    adminEmail: spec.adminEmail,
    products: spec.products.map(({ image, ...product }) => ({ ...product, ...(image && { image: "url" in image ? image.url : image.name }) })),
    imageFiles: imageFilesOf(spec),
    currency: spec.currency,
    decimals: spec.decimals,
    country: spec.country,
    smtp: { host, port, from, login: username !== undefined && smtpSecret !== undefined ? { username, passwordSecret: smtpSecret, revision: smtpRevision } : undefined },
    timeout: settings.helmTimeout,
    suspended: spec.suspended,
    secrets,
    living,
  };
}

import type { ComponentResourceOptions, Input } from "@pulumi/pulumi";
import { Medusa } from "../components/medusa";
import type { LivingSecrets } from "../components/shared/generated";
import type { Shop } from "../components/shared/shop";
import type { OutsideSecret } from "../components/shared/shop-args";
import { WooCommerce } from "../components/woocommerce";
import type { EnvironmentSettings } from "../config/environment";
import { filesDigest } from "../config/files-digest";
import { hostOf, type EnvironmentName } from "../config/names";
import { sizesFor } from "../config/plans";
import type { StoreSpec } from "../config/spec";
import { imageFilesOf, productsOf } from "./image-files";

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
  create(place: Place, opts: ComponentResourceOptions): Shop;
}

export function engineOf(spec: StoreSpec, settings: EnvironmentSettings): EngineProgram {
  return spec.engine === "woocommerce" ? woocommerce(spec, settings) : medusa(spec, settings);
}

function woocommerce(spec: StoreSpec & { engine: "woocommerce" }, settings: EnvironmentSettings): EngineProgram {
  const sizes = sizesFor("woocommerce", spec.plan, settings);
  const { wordpress, mariadb } = settings.images.overrides;
  return {
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
    products: productsOf(spec),
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

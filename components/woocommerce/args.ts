import type { Input } from "@pulumi/pulumi";

import type { UploadsAccessMode, WooCommerceSizes } from "./sizes";

export interface WooCommerceProduct {
  name: string;
  /** Products are recognised by it. */
  sku: string;
  /** In the shop's currency. */
  price: number;
  /** Pieces at the start. */
  stock: number;
}

export interface WooCommerceArgs {
  /** The namespace to install into; it exists already. */
  namespace: Input<string>;
  /** The shop's generated address, a host name. */
  host: Input<string>;
  /** CPU, memory, replicas and volumes of each part. */
  sizes: WooCommerceSizes;
  /**
   * Custom domains. The first is the shop's address in e-mails.
   * @default none
   */
  domains?: Input<string>[];
  /**
   * The cert-manager ClusterIssuer that certificates come from. Present: the shop is on https.
   * @default plain http
   */
  tls?: { issuer: Input<string> };
  /** @default "traefik" */
  ingressClass?: Input<string>;
  /**
   * StorageClass of both volumes.
   * @default the cluster's default
   */
  storageClass?: Input<string>;
  /**
   * ReadWriteMany, where the storage class can do it, lets several WordPress pods share the uploads.
   * @default "ReadWriteOnce"
   */
  uploadsAccessMode?: UploadsAccessMode;
  /** The shop's name, any characters. */
  title: Input<string>;
  /** The administrator's address. */
  adminEmail: Input<string>;
  /**
   * Products to create where their SKU is missing.
   * @default none
   */
  products?: Input<Input<WooCommerceProduct>[]>;
  /**
   * ISO 4217 code, upper case.
   * @default "EUR"
   */
  currency?: Input<string>;
  /**
   * ISO 3166-1 alpha-2 code, upper case.
   * @default "DE"
   */
  country?: Input<string>;
  /**
   * IANA name.
   * @default "UTC"
   */
  timezone?: Input<string>;
  /**
   * Whether shoppers can order without an account.
   * @default true
   */
  guestCheckout?: Input<boolean>;
  /**
   * Where e-mails go.
   * @default no e-mail is sent
   */
  smtp?: {
    host: Input<string>;
    port: Input<number>;
    /** The sender. */
    from: Input<string>;
    /**
     * The password is the key `password` of a Secret in the namespace.
     * @default the server asks for none
     */
    login?: { username: Input<string>; passwordSecret: Input<string> };
  };
  /**
   * Whether network policies let the shop's pods reach the internet.
   * @default "deny"
   */
  egress?: "allow" | "deny";
  /**
   * Images with WordPress, WooCommerce and WP-CLI, and with MariaDB.
   * @default the chart's
   */
  images?: { wordpress?: Input<string>; mariadb?: Input<string> };
  /**
   * Name of a pull Secret in the namespace.
   * @default none
   */
  imagePullSecret?: Input<string>;
  /**
   * No pods run; data, secrets and addresses stay.
   * @default false
   */
  suspended?: Input<boolean>;
  /**
   * Labels of all objects.
   * @default none
   */
  labels?: Record<string, string>;
  /**
   * Seconds that an installation or an upgrade may take.
   * @default 600
   */
  timeout?: Input<number>;
  /**
   * Digest of the chart's files: the provider looks at values only, so this is how an edited template is noticed.
   * @default none
   */
  chartDigest?: Input<string>;
}

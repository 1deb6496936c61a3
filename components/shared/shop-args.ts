import type { ReleaseArgs } from "@pulumi/kubernetes/helm/v3";
import type { CustomResourceOptions, Input } from "@pulumi/pulumi";
import type { IngressPorts } from "../../config/url";

import type { LivingSecrets } from "./generated";
import type { Transform } from "./transform";

export interface ShopProduct {
  name: string;
  /** Products are recognised by it. */
  sku: string;
  /** In the shop's currency. */
  price: number;
  /** Pieces at the start. */
  stock: number;
  /**
   * Plain text.
   * @default none
   */
  description?: string;
  /**
   * An https address, or the name of one of `imageFiles`.
   * @default none
   */
  image?: string;
}

/** What every shop needs to know, whatever software runs it. */
export interface ShopArgs {
  /** The namespace to install into; it exists already. */
  namespace: Input<string>;
  /** The shop's generated address, a host name. */
  host: Input<string>;
  /**
   * Custom domains.
   * @default none
   */
  domains?: Input<string>[];
  /**
   * The cert-manager ClusterIssuer that certificates come from. Present: the shop is on https.
   * @default plain http
   */
  tls?: { issuer: Input<string> };
  /**
   * Where browsers reach the ingress.
   * @default 80 and 443
   */
  ports?: IngressPorts;
  /** @default "traefik" */
  ingressClass?: Input<string>;
  /**
   * StorageClass of all volumes.
   * @default the cluster's default
   */
  storageClass?: Input<string>;
  /** The shop's name, any characters. */
  title: Input<string>;
  /** The administrator's address. */
  adminEmail: Input<string>;
  /**
   * Products to create where their SKU is missing; at most 6 MiB of JSON.
   * @default none
   */
  products?: ShopProduct[];
  /**
   * Images of the products, in base64, by the names that `products` refers to: each at most 512 KiB, its name made from its content.
   * @default none
   */
  imageFiles?: Record<string, string>;
  /**
   * ISO 4217 code, upper case.
   * @default "EUR"
   */
  currency?: Input<string>;
  /**
   * Decimals of the currency.
   * @default 2
   */
  decimals?: Input<number>;
  /**
   * ISO 3166-1 alpha-2 code, upper case.
   * @default "DE"
   */
  country?: Input<string>;
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
    login?: {
      username: Input<string>;
      passwordSecret: Input<string>;
      /**
       * Changes with the password: pods that read it only when they start are started anew.
       * @default none
       */
      revision?: Input<string>;
    };
  };
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
   * Seconds that an installation or an upgrade may take, besides what many products need.
   * @default 600
   */
  timeout?: Input<number>;
  /**
   * Digest of the chart's files: the provider looks at values only, so this is how an edited template is noticed.
   * @default none
   */
  chartDigest?: Input<string>;
  /**
   * What the Secrets in the namespace hold already, which generated values must not write over.
   * @default nothing that matters
   */
  living?: LivingSecrets;
  /**
   * Changes to what the component makes. The Release's `values` have no generated secrets in them; given as args they replace all values,
   * a function can change single ones.
   * @default none
   * @example `{ release: { maxHistory: 20 } }`
   * @example `{ release: (args, opts) => { args.disableWebhooks = true; opts.customTimeouts = { create: "1h" }; } }`
   */
  transform?: { release?: Transform<ReleaseArgs, CustomResourceOptions> };
}

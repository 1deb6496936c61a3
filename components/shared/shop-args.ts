import type { ReleaseArgs } from "@pulumi/kubernetes/helm/v3";
import type { CustomResourceOptions, Input } from "@pulumi/pulumi";
import type { IngressPorts } from "../../config/url";

import type { LivingSecrets } from "./generated";
import type { Transform } from "./transform";

export interface ShopProduct {
  /** What shoppers read. */
  readonly name: string;
  /** Products are recognised by it. */
  readonly sku: string;
  /** In the shop's currency. */
  readonly price: number;
  /** Pieces at the start. */
  readonly stock: number;
  /**
   * Plain text.
   * @default none
   */
  readonly description?: string;
  /**
   * An https address, or the name of one of `imageFiles`.
   * @default none
   */
  readonly image?: string;
}

/** A Secret that somebody else writes. */
export interface OutsideSecret {
  /** Of the object, in the shop's namespace; its keys are those that the chart reads. */
  readonly name: Input<string>;
  /**
   * Changes with what it holds: pods that read it are started anew, and a database sets its passwords when it starts.
   * @default none
   */
  readonly revision?: Input<string>;
}

/** What every shop needs to know, whatever software runs it. */
export interface ShopArgs {
  /** The namespace to install into; it exists already. */
  readonly namespace: Input<string>;
  /**
   * The shop's generated address, a host name.
   * @example "store-acme-0a1b2c3d.shops.example.com"
   */
  readonly host: Input<string>;
  /**
   * Custom domains.
   * @default none
   * @example `["shop.example.org"]`
   */
  readonly domains?: Input<string>[];
  /**
   * Present: the shop is on https.
   * @default plain http
   * @example `{ issuer: "letsencrypt" }`
   */
  readonly tls?: {
    /** The cert-manager ClusterIssuer that certificates come from. */
    readonly issuer: Input<string>;
    /**
     * The ingress controller has a certificate for `host` already: only custom domains get one.
     * @default false
     */
    readonly wildcard?: Input<boolean>;
  };
  /**
   * Where browsers reach the ingress.
   * @default 80 and 443
   * @example `{ http: 8080, https: 8443 }`
   */
  readonly ports?: IngressPorts;
  /**
   * The IngressClass of the shop's addresses.
   * @default "traefik"
   */
  readonly ingressClass?: Input<string>;
  /**
   * StorageClass of all volumes.
   * @default the cluster's default
   */
  readonly storageClass?: Input<string>;
  /** The shop's name, any characters. */
  readonly title: Input<string>;
  /** The administrator's address. */
  readonly adminEmail: Input<string>;
  /**
   * Products to create where their SKU is missing; at most 6 MiB of JSON.
   * @default none
   * @example `[{ name: "Mug", sku: "MUG-1", price: 9.99, stock: 20 }]`
   */
  readonly products?: ShopProduct[];
  /**
   * Images of the products, in base64, by the names that `products` refers to: each at most 512 KiB, its name made from its content.
   * @default none
   * @example `{ "0a1b2c3d.png": "iVBORw0KGgo…" }`
   */
  readonly imageFiles?: Record<string, string>;
  /**
   * ISO 4217 code, upper case.
   * @default "EUR"
   */
  readonly currency?: Input<string>;
  /**
   * Decimals of the currency.
   * @default 2
   */
  readonly decimals?: Input<number>;
  /**
   * ISO 3166-1 alpha-2 code, upper case.
   * @default "DE"
   */
  readonly country?: Input<string>;
  /**
   * Where e-mails go.
   * @default no e-mail is sent
   * @example `{ host: "smtp.example.com", port: 587, from: "shop@example.com", login: { username: "shops", passwordSecret: "smtp" } }`
   */
  readonly smtp?: {
    /** Name or address of the server. */
    readonly host: Input<string>;
    /** 587 with STARTTLS, 465 with TLS, 25 or 1025 without. */
    readonly port: Input<number>;
    /** The sender. */
    readonly from: Input<string>;
    /**
     * The password is the key `password` of a Secret in the namespace.
     * @default the server asks for none
     */
    readonly login?: {
      /** Who logs in. */
      readonly username: Input<string>;
      /** Name of the Secret. */
      readonly passwordSecret: Input<string>;
      /**
       * Changes with the password: pods that read it only when they start are started anew.
       * @default none
       */
      readonly revision?: Input<string>;
    };
  };
  /**
   * Name of a pull Secret in the namespace.
   * @default none
   */
  readonly imagePullSecret?: Input<string>;
  /**
   * No pods run; data, secrets and addresses stay.
   * @default false
   */
  readonly suspended?: Input<boolean>;
  /**
   * Labels of all objects.
   * @default none
   * @example `{ "storefleet.dev/store": "acme" }`
   */
  readonly labels?: Record<string, string>;
  /**
   * Seconds that an installation or an upgrade may take, besides what many products need.
   * @default 600
   */
  readonly timeout?: Input<number>;
  /**
   * Digest of the chart's files: the provider looks at values only, so this is how an edited template is noticed.
   * @default none
   */
  readonly chartDigest?: Input<string>;
  /**
   * Secrets from outside in place of generated ones, by kind.
   * @default all are generated
   * @example `{ database: { name: "acme-database" } }`
   */
  readonly secrets?: Record<string, OutsideSecret>;
  /**
   * What the Secrets in the namespace hold already, which generated values must not write over.
   * @default nothing that matters
   */
  readonly living?: LivingSecrets;
  /**
   * Changes to what the component makes. The Release's `values` have no generated secrets in them; given as args they replace all values,
   * a function can change single ones.
   * @default none
   * @example `{ release: { maxHistory: 20 } }`
   * @example `{ release: (args, opts) => { args.disableWebhooks = true; opts.customTimeouts = { create: "1h" }; } }`
   */
  readonly transform?: { readonly release?: Transform<ReleaseArgs, CustomResourceOptions> };
}

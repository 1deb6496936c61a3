import { createHash } from "node:crypto";
import { ComponentResource, type ComponentResourceOptions, type Input, type Output, interpolate, output, secret, unsecret } from "@pulumi/pulumi";
import { Secret } from "@pulumi/kubernetes/core/v1";
import { RandomPassword } from "@pulumi/random";
import { type IngressPorts, urlOf } from "../../config/url";
import { addonRelease, type AddonArgs } from "../shared/addon";
import { pulumiLabels } from "../shared/labels";

export interface MailCatcherArgs extends AddonArgs {
  /** The name of the Service, and so the host name that stores send to. */
  readonly service: string;
  /** The port for mail. */
  readonly smtpPort: number;
  /** The port of the pages. */
  readonly httpPort: number;
  /**
   * The host under which the messages can be read.
   * @example "mail.shops.example.com"
   */
  readonly host: string;
  /** The IngressClass of that host. */
  readonly ingressClass: Input<string>;
  /** The namespace of the ingress controller, the only one that reaches the pages. */
  readonly ingressNamespace: Input<string>;
  /**
   * Name of the Secret to make, with `username`, `password` and, for Mailpit, both as `auth`: readers have to log in.
   * @default everybody who reaches the pages reads
   */
  readonly loginSecret?: string;
  /**
   * Present: the host is on https, with a certificate of that cert-manager ClusterIssuer, or with the ingress controller's own.
   * @default http only
   * @example `{ issuer: "letsencrypt" }`
   */
  readonly tls?: { readonly issuer: string; readonly wildcard?: boolean };
  /**
   * Where browsers reach the ingress.
   * @default 80 and 443
   * @example `{ http: 8080, https: 8443 }`
   */
  readonly ports?: IngressPorts;
}

/** Mailpit: takes any mail from the stores, delivers none, shows all. */
export class MailCatcher extends ComponentResource {
  /** Helm's word on the installation, such as `deployed`. */
  public readonly releaseStatus: Output<string>;
  /** Where the messages can be read. */
  public readonly url: Output<string>;

  constructor(name: string, args: MailCatcherArgs, opts?: ComponentResourceOptions) {
    super("storefleet:index:MailCatcher", name, args, opts);

    const login = args.loginSecret === undefined ? undefined : this.createLogin(name, args.loginSecret, args);
    const values = {
      ports: { smtp: args.smtpPort, http: args.httpPort },
      ingress: { className: args.ingressClass, host: args.host, controllerNamespace: args.ingressNamespace, tlsIssuer: args.tls && !args.tls.wildcard ? args.tls.issuer : "" },
      ...(login && { login: { secret: login.name, revision: login.revision } }),
    };
    const release = addonRelease(this, name, args, { name: args.service, folder: "mail-catcher", values }, { dependsOn: login ? [login.object] : [] });

    this.url = output(urlOf(args.host, args.tls !== undefined, args.ports));
    this.releaseStatus = release.status.status;
    this.registerOutputs({ url: this.url, releaseStatus: this.releaseStatus });
  }

  /** The revision changes with the password, which the pod reads when it starts. */
  private createLogin(name: string, secretName: string, { namespace, labels }: MailCatcherArgs) {
    const username = "mail";
    const password = secret(new RandomPassword(`${name}-password`, { length: 24, special: false }, { parent: this }).result);
    const metadata = { name: secretName, namespace, labels: pulumiLabels(labels ?? {}, "login") };
    const stringData = { username, password, auth: interpolate`${username}:${password}` };
    const object = new Secret(`${name}-login`, { metadata, stringData }, { parent: this });
    return { object, name: object.metadata.name, revision: unsecret(password.apply((it) => createHash("sha256").update(it).digest("hex").slice(0, 12))) };
  }
}

import { createHash } from "node:crypto";
import { Secret } from "@pulumi/kubernetes/core/v1";
import { ComponentResource, type ComponentResourceOptions, type Input, type Output, secret, unsecret } from "@pulumi/pulumi";
import { RandomPassword } from "@pulumi/random";
import { type IngressPorts, urlOf } from "../../config/url";
import { addonRelease, type AddonArgs } from "../shared/addon";
import { pulumiLabels } from "../shared/labels";
import { controlPlaneRelease } from "./names";

export interface ControlPlaneArgs extends AddonArgs {
  /** An image of `images/runner`, by tag and digest. */
  readonly image: Input<string>;
  /** The environment that it looks after. */
  readonly environment: string;
  /** The name that the environment's cluster has in the state. */
  readonly context: string;
  /**
   * The host of API and dashboard.
   * @example "fleet.shops.example.com"
   */
  readonly host: string;
  /** The IngressClass of that host. */
  readonly ingressClass: Input<string>;
  /** The namespace of the ingress controller, the only one that reaches the API. */
  readonly ingressNamespace: Input<string>;
  /**
   * Keys of the Secret `storefleet-state` that the runner gets as variables: the login to the state, and its passphrase.
   * @default none
   */
  readonly variables?: readonly string[];
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

/** The REST API with its dashboard, which sees and asks, and the runner, which has the deployer's rights and answers nobody. */
export class ControlPlane extends ComponentResource {
  /** Helm's word on the installation, such as `deployed`. */
  public readonly releaseStatus: Output<string>;
  /** Where the dashboard is. */
  public readonly url: string;

  constructor(name: string, args: ControlPlaneArgs, opts?: ComponentResourceOptions) {
    super("storefleet:index:ControlPlane", name, args, opts);

    this.url = urlOf(args.host, args.tls !== undefined, args.ports);
    const sessions = this.createSessionKey(name, args);
    const values = {
      environment: args.environment,
      context: args.context,
      origin: this.url,
      ingress: { className: args.ingressClass, host: args.host, controllerNamespace: args.ingressNamespace, tlsIssuer: args.tls && !args.tls.wildcard ? args.tls.issuer : "" },
      sessions: { secret: sessions.name, revision: sessions.revision },
      state: { variables: args.variables ?? [] },
    };
    const release = addonRelease(this, name, args, { name: controlPlaneRelease, folder: "control-plane", values }, { dependsOn: [sessions.object] });

    this.releaseStatus = release.status.status;
    this.registerOutputs({ url: this.url, releaseStatus: this.releaseStatus });
  }

  /** One for all replicas: a session goes on where the next request comes out. */
  private createSessionKey(name: string, { namespace, labels }: ControlPlaneArgs) {
    const key = secret(new RandomPassword(`${name}-session-key`, { length: 48, special: false }, { parent: this }).result);
    const metadata = { name: "storefleet-sessions", namespace, labels: pulumiLabels(labels ?? {}, "sessions") };
    const object = new Secret(`${name}-sessions`, { metadata, stringData: { key } }, { parent: this });
    return { object, name: object.metadata.name, revision: unsecret(key.apply((it) => createHash("sha256").update(it).digest("hex").slice(0, 12))) };
  }
}

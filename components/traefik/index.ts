import { ComponentResource, type ComponentResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import { addonRelease, type AddonArgs } from "../shared/addon";
import { traefikRelease } from "./names";

export interface TraefikArgs extends AddonArgs {
  /** The namespace to install into. It must allow two node ports, and a load balancer where that is wanted. */
  readonly namespace: Input<string>;
  /** The IngressClass to create and to serve. */
  readonly className: Input<string>;
  /**
   * NodePort: on 30080 (http) and 30443 (https) of the nodes. LoadBalancer: on 80 and 443 of the address that the cluster gives it.
   * @default "NodePort"
   */
  readonly service?: "NodePort" | "LoadBalancer";
}

/** Traefik as the ingress controller of one IngressClass. */
export class Traefik extends ComponentResource {
  /** Helm's word on the installation, such as `deployed`. */
  public readonly releaseStatus: Output<string>;

  constructor(name: string, args: TraefikArgs, opts?: ComponentResourceOptions) {
    super("storefleet:index:Traefik", name, args, opts);

    const values = { ingressClass: args.className, ...(args.service !== undefined && { service: { type: args.service } }) };
    // Node ports and the objects outside namespaces exist once: the old release goes first where another takes its place.
    const release = addonRelease(this, name, args, { name: traefikRelease, folder: "traefik", values }, { deleteBeforeReplace: true });

    this.releaseStatus = release.status.status;
    this.registerOutputs({ releaseStatus: this.releaseStatus });
  }
}

import { ComponentResource, type ComponentResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import { Release } from "@pulumi/kubernetes/helm/v3";
import { traefikRelease } from "./names";

export interface TraefikArgs {
  /** The namespace to install into. It must allow two node ports, and a load balancer where that is wanted. */
  readonly namespace: Input<string>;
  /** The IngressClass to create and to serve. */
  readonly className: Input<string>;
  /** Changes with the chart's files. */
  readonly chartDigest: string;
  /**
   * NodePort: on 30080 (http) and 30443 (https) of the nodes. LoadBalancer: on 80 and 443 of the address that the cluster gives it.
   * @default "NodePort"
   */
  readonly service?: "NodePort" | "LoadBalancer";
  /**
   * The image to run instead of the chart's.
   * @default the chart's, pinned by tag and digest
   */
  readonly image?: Input<string>;
  /**
   * Seconds that the installation may take.
   * @default 300
   */
  readonly timeout?: Input<number>;
  /**
   * Labels of all objects.
   * @default none
   */
  readonly labels?: Record<string, string>;
}

/** Traefik as the ingress controller of one IngressClass. */
export class Traefik extends ComponentResource {
  /** Helm's word on the installation, such as `deployed`. */
  public readonly releaseStatus: Output<string>;

  constructor(name: string, args: TraefikArgs, opts?: ComponentResourceOptions) {
    super("storefleet:index:Traefik", name, args, opts);

    const release = new Release(
      `${name}-release`,
      {
        name: traefikRelease,
        namespace: args.namespace,
        chart: "./components/traefik/chart",
        values: {
          ingressClass: args.className,
          ...(args.service !== undefined && { service: { type: args.service } }),
          labels: args.labels ?? {},
          chartDigest: args.chartDigest,
          ...(args.image !== undefined && { image: args.image }),
        },
        timeout: args.timeout ?? 300,
        maxHistory: 5,
      },
      // Node ports and the objects outside namespaces exist once: the old release goes first where another takes its place.
      { parent: this, deleteBeforeReplace: true },
    );

    this.releaseStatus = release.status.status;
    this.registerOutputs({ releaseStatus: this.releaseStatus });
  }
}

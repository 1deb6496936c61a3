import { ComponentResource, type ComponentResourceOptions, type Input, type Output, output } from "@pulumi/pulumi";
import { Release } from "@pulumi/kubernetes/helm/v3";

export interface MailCatcherArgs {
  /** The namespace to install into. */
  namespace: Input<string>;
  /** The name of the Service, and so the host name that stores send to. */
  service: string;
  /** The port for mail. */
  smtpPort: number;
  /** The port of the pages. */
  httpPort: number;
  /** The host under which the messages can be read. */
  host: string;
  /** The IngressClass of that host. */
  ingressClass: Input<string>;
  /** The namespace of the ingress controller, the only one that reaches the pages. */
  ingressNamespace: Input<string>;
  /** Changes with the chart's files. */
  chartDigest: string;
  /**
   * The cert-manager ClusterIssuer of the host's certificate.
   * @default http only
   */
  tlsIssuer?: string;
  /**
   * The image to run instead of the chart's.
   * @default the chart's, pinned by tag and digest
   */
  image?: Input<string>;
  /**
   * Seconds that the installation may take.
   * @default 300
   */
  timeout?: Input<number>;
  /**
   * Labels of all objects.
   * @default none
   */
  labels?: Record<string, string>;
}

/** The labels of the pods, for those who let their own connect to them. */
export const mailCatcherPodLabels: Record<string, string> = { app: "mail-catcher" };

/** Mailpit: takes any mail from the stores, delivers none, shows all. */
export class MailCatcher extends ComponentResource {
  /** Helm's word on the installation, such as `deployed`. */
  public readonly releaseStatus: Output<string>;
  /** Where the messages can be read. */
  public readonly url: Output<string>;

  constructor(name: string, args: MailCatcherArgs, opts?: ComponentResourceOptions) {
    super("storefleet:index:MailCatcher", name, args, opts);

    const release = new Release(
      `${name}-release`,
      {
        name: args.service,
        namespace: args.namespace,
        chart: "./components/mail-catcher/chart",
        values: {
          ports: { smtp: args.smtpPort, http: args.httpPort },
          ingress: {
            className: args.ingressClass,
            host: args.host,
            controllerNamespace: args.ingressNamespace,
            tlsIssuer: args.tlsIssuer ?? "",
          },
          labels: args.labels ?? {},
          chartDigest: args.chartDigest,
          ...(args.image !== undefined && { image: args.image }),
        },
        timeout: args.timeout ?? 300,
        maxHistory: 5,
      },
      { parent: this },
    );

    this.url = output(`${args.tlsIssuer ? "https" : "http"}://${args.host}`);
    this.releaseStatus = release.status.status;
    this.registerOutputs({ url: this.url, releaseStatus: this.releaseStatus });
  }
}

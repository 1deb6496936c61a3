import { Secret } from "@pulumi/kubernetes/core/v1";
import { ComponentResource, type ComponentResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import { addonRelease, type AddonArgs } from "../shared/addon";
import { pulumiLabels } from "../shared/labels";
import { parkingPage } from "./names";

export interface ParkingPageArgs extends AddonArgs {
  /** The IngressClass for all of whose hosts it answers that nobody else answers for. */
  readonly ingressClass: Input<string>;
  /** The namespace of the ingress controller, the only one that reaches it. */
  readonly ingressNamespace: Input<string>;
  /**
   * The `.dockerconfigjson` to pull the image with.
   * @default the registry asks for no login
   */
  readonly pullSecret?: Input<string>;
}

/** What answers for a shop whose pods do not run: 503, and when to come again. */
export class ParkingPage extends ComponentResource {
  /** Helm's word on the installation, such as `deployed`. */
  public readonly releaseStatus: Output<string>;

  constructor(name: string, args: ParkingPageArgs, opts?: ComponentResourceOptions) {
    super("storefleet:index:ParkingPage", name, args, opts);

    const login = args.pullSecret === undefined ? undefined : this.createLogin(name, args.pullSecret, args);
    const values = {
      ingress: { className: args.ingressClass, controllerNamespace: args.ingressNamespace },
      ...(login && { imagePullSecret: login.metadata.name }),
    };
    const release = addonRelease(this, name, args, { name: parkingPage.name, folder: "parking-page", values }, { dependsOn: login ? [login] : [] });

    this.releaseStatus = release.status.status;
    this.registerOutputs({ releaseStatus: this.releaseStatus });
  }

  private createLogin(name: string, pullSecret: Input<string>, { namespace, labels }: ParkingPageArgs): Secret {
    const metadata = { name: parkingPage.pullSecret, namespace, labels: pulumiLabels(labels ?? {}, "image-pull") };
    return new Secret(`${name}-image-pull`, { metadata, type: "kubernetes.io/dockerconfigjson", stringData: { ".dockerconfigjson": pullSecret } }, { parent: this });
  }
}

import { ComponentResource, type ComponentResourceOptions, type Input } from "@pulumi/pulumi";
import { NetworkPolicy } from "@pulumi/kubernetes/networking/v1";

import { pulumiLabels } from "../shared/labels";
import { type MailServer, networkPolicies } from "./policies";

export type { MailServer } from "./policies";

export interface NetworkIsolationArgs {
  /** The namespace to isolate. */
  namespace: Input<string>;
  /** The namespace of the ingress controller, the only other one that may connect. */
  ingressNamespace: Input<string>;
  /**
   * Labels of the ingress controller's pods in that namespace.
   * @default any pod of that namespace
   */
  ingressPodLabels?: Record<string, string>;
  /** The pod ports that the ingress controller may connect to. */
  httpPorts: number[];
  /**
   * Whether pods may connect to public addresses. Private ones stay out of reach either way.
   * @default "deny"
   */
  egress?: "allow" | "deny";
  /**
   * Address ranges of the cluster's pods, Services and nodes, as far as they are public addresses.
   * @default none
   */
  clusterCidrs?: string[];
  /**
   * Where DNS answers besides the kube-dns pods and NodeLocal DNS, such as its Service's address as a range.
   * @default none
   */
  dnsCidrs?: string[];
  /**
   * The mail server that pods may connect to even when `egress` denies.
   * @default none
   */
  mail?: MailServer;
  /**
   * Labels of all policies.
   * @default none
   */
  labels?: Record<string, string>;
}

/**
 * NetworkPolicies that close a namespace in both directions but for its own traffic, the ingress controller,
 * DNS and what is asked for. They need a network plugin that enforces them.
 */
export class NetworkIsolation extends ComponentResource {
  constructor(name: string, args: NetworkIsolationArgs, opts?: ComponentResourceOptions) {
    super("storefleet:index:NetworkIsolation", name, args, opts);
    const labels = pulumiLabels(args.labels ?? {}, "network-isolation");

    for (const [policy, spec] of Object.entries(networkPolicies(args))) {
      new NetworkPolicy(
        `${name}-${policy}`,
        { metadata: { name: policy, namespace: args.namespace, labels }, spec },
        { parent: this },
      );
    }
    this.registerOutputs({});
  }
}

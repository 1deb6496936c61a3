import { ComponentResource, type ComponentResourceOptions, type Input } from "@pulumi/pulumi";
import { NetworkPolicy } from "@pulumi/kubernetes/networking/v1";

import { pulumiLabels } from "../shared/labels";
import { checked } from "../shared/wrong-args";
import { networkPolicies, type PolicyArgs } from "./policies";

export type { MailServer } from "./policies";

export interface NetworkIsolationArgs extends PolicyArgs {
  /** The namespace to isolate. */
  readonly namespace: Input<string>;
  /**
   * Labels of all policies.
   * @default none
   */
  readonly labels?: Record<string, string>;
}

/**
 * NetworkPolicies that close a namespace in both directions but for its own traffic, the ingress controller,
 * DNS and what is asked for. They need a network plugin that enforces them.
 */
export class NetworkIsolation extends ComponentResource {
  constructor(name: string, args: NetworkIsolationArgs, opts?: ComponentResourceOptions) {
    super("storefleet:index:NetworkIsolation", name, args, opts);
    const labels = pulumiLabels(args.labels ?? {}, "network-isolation");

    for (const [policy, spec] of Object.entries(checked(this, () => networkPolicies(args)))) {
      new NetworkPolicy(
        `${name}-${policy}`,
        { metadata: { name: policy, namespace: args.namespace, labels }, spec },
        { parent: this },
      );
    }
    this.registerOutputs({});
  }
}

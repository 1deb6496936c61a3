import { ComponentResource, type ComponentResourceOptions, type Input, type Output, all } from "@pulumi/pulumi";
import { LimitRange, Namespace, ResourceQuota } from "@pulumi/kubernetes/core/v1";
import { RoleBinding } from "@pulumi/kubernetes/rbac/v1";

import { pulumiLabels } from "../shared/labels";
import { checked } from "../shared/wrong-args";
import { type ContainerLimits, mergedLimits } from "./limits";
import { podSecurityLabels } from "./pod-security";

export type { ContainerLimits } from "./limits";

export interface GuardrailsArgs {
  /** The name of the namespace to create. */
  readonly namespace: Input<string>;
  /**
   * What the namespace may use altogether: the `hard` map of its ResourceQuota, surge of roll-outs included.
   * @example `{ pods: "10", "limits.memory": "4Gi" }`
   */
  readonly quota: Input<Record<string, Input<string>>>;
  /**
   * What a container gets that states nothing, and the most that one may ask for.
   * @default modest memory and disk, 4Gi of memory and 8Gi of disk at most (a lower `max` counts for nothing)
   * @example `{ max: { memory: "6Gi" } }`
   */
  readonly limits?: ContainerLimits;
  /**
   * Labels of all objects.
   * @default none
   */
  readonly labels?: Record<string, string>;
  /**
   * Annotations of the namespace.
   * @default none
   */
  readonly annotations?: Input<Record<string, Input<string>>>;
  /**
   * Annotations of the quota.
   * @default none
   */
  readonly quotaAnnotations?: Record<string, string>;
  /**
   * Who may work inside: bound before anything else is made there, and gone with the namespace.
   * @default nobody but those who may everywhere
   */
  readonly managers?: Managers;
  /**
   * Whether Pulumi refuses to delete the namespace, and with it everything inside.
   * @default false
   */
  readonly protect?: boolean;
}

/** Accounts, and the ClusterRole that they get in one namespace. */
export interface Managers {
  /** Of the RoleBinding. */
  readonly name: string;
  readonly clusterRole: string;
  readonly subjects: { kind: string; name: string; namespace?: string; apiGroup?: string }[];
  /** Resolves when the API server heeds the binding, which it does a moment after it was made. */
  readonly inEffect: () => Promise<unknown>;
}

/** A namespace whose pods are confined: Pod Security `restricted`, a quota, and limits for every container. */
export class Guardrails extends ComponentResource {
  /** The namespace's name. Known only once quota and limits exist, so that no workload gets in before them. */
  public readonly namespace: Output<string>;
  /** The namespace's `uid`: another one of the same name has another. */
  public readonly uid: Output<string>;

  constructor(name: string, args: GuardrailsArgs, opts?: ComponentResourceOptions) {
    super("storefleet:index:Guardrails", name, args, opts);
    const labels = pulumiLabels(args.labels ?? {}, "guardrails");
    const containerLimits = checked(this, () => mergedLimits(args.limits));

    const namespace = new Namespace(
      `${name}-namespace`,
      {
        metadata: {
          name: args.namespace,
          labels: { ...labels, ...podSecurityLabels },
          annotations: args.annotations,
        },
      },
      // Deletion waits for the finalizers of everything inside; what blocks it for longer needs a person. A replaced
      // namespace goes first: one whose deletion is still pending could meanwhile be wanted again under its name.
      { parent: this, protect: args.protect, deleteBeforeReplace: true, customTimeouts: { delete: "5m" } },
    );
    const open = args.managers ? this.openedTo(args.managers, name, namespace.metadata.name, labels) : namespace.metadata.name;
    const inNamespace = (objectName: string) => ({ name: objectName, namespace: open, labels });

    const quota = new ResourceQuota(
      `${name}-quota`,
      { metadata: { ...inNamespace("quota"), annotations: args.quotaAnnotations }, spec: { hard: args.quota } },
      { parent: this },
    );
    const limits = new LimitRange(
      `${name}-limits`,
      { metadata: inNamespace("limits"), spec: { limits: [{ type: "Container", ...containerLimits }] } },
      { parent: this },
    );

    this.uid = namespace.metadata.uid;
    this.namespace = all([namespace.metadata.name, quota.metadata.name, limits.metadata.name]).apply(([it]) => it);
    this.registerOutputs({ namespace: this.namespace });
  }

  /** The namespace's name. Known only once its managers may work inside. */
  private openedTo({ name, clusterRole, subjects, inEffect }: Managers, prefix: string, namespace: Output<string>, labels: Record<string, string>): Output<string> {
    const binding = new RoleBinding(
      `${prefix}-managers`,
      { metadata: { name, namespace, labels }, roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: clusterRole }, subjects },
      // It goes with the namespace: whoever had removed it could not see the rest off.
      { parent: this, retainOnDelete: true },
    );
    return binding.metadata.namespace.apply(async (it) => (await inEffect(), it));
  }
}

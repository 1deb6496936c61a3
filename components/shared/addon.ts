import type { ComponentResource, CustomResourceOptions, Input } from "@pulumi/pulumi";
import { Release } from "@pulumi/kubernetes/helm/v3";

/** What every part of an environment that is one Helm release needs to know. */
export interface AddonArgs {
  /** The namespace to install into. */
  readonly namespace: Input<string>;
  /** Changes with the chart's files. */
  readonly chartDigest: string;
  /**
   * The image to run instead of the chart's.
   * @default the chart's, pinned by tag and digest
   * @example "registry.example.com/traefik:v3.5"
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

/** The release of an addon, a child of its component. `folder` is the chart's, below `components`. */
export function addonRelease(
  parent: ComponentResource, name: string, { namespace, chartDigest, image, timeout, labels }: AddonArgs,
  own: { name: string; folder: string; values: Record<string, unknown> }, opts: CustomResourceOptions = {},
): Release {
  return new Release(
    `${name}-release`,
    {
      name: own.name,
      namespace,
      chart: `./components/${own.folder}/chart`,
      values: { ...own.values, labels: labels ?? {}, chartDigest, ...(image !== undefined && { image }) },
      timeout: timeout ?? 300,
      maxHistory: 5,
    },
    { parent, ...opts },
  );
}

import { larger } from "../../config/quantity";
import { requireQuantity } from "../shared/wrong-arg";

/** Quantities by resource, such as `{ memory: "256Mi" }`. */
type Quantities = Record<string, string>;

/** The three maps of a LimitRange for containers. What is given here is laid over the defaults. */
export interface ContainerLimits {
  /**
   * Limits of a container that states none.
   * @default 256Mi of memory, 512Mi of disk
   */
  readonly default?: Quantities;
  /**
   * Requests of a container that states none.
   * @default 10m of CPU, 64Mi of memory and of disk
   */
  readonly defaultRequest?: Quantities;
  /**
   * The most that one container may ask for; never less than the default.
   * @default 4Gi of memory, 8Gi of disk
   */
  readonly max?: Quantities;
}

/**
 * No limit on CPU: one would throttle every container that deliberately has none, and a `max` without
 * a default is taken for the default.
 */
const defaults: Required<ContainerLimits> = {
  default: { memory: "256Mi", "ephemeral-storage": "512Mi" },
  defaultRequest: { cpu: "10m", memory: "64Mi", "ephemeral-storage": "64Mi" },
  max: { memory: "4Gi", "ephemeral-storage": "8Gi" },
};

/** @throws WrongArg for what is no quantity */
export function mergedLimits(limits: ContainerLimits = {}): Required<ContainerLimits> {
  for (const [which, quantities] of Object.entries(limits) as [string, Quantities][]) {
    for (const [resource, text] of Object.entries(quantities)) requireQuantity(["limits", which, resource], text);
  }
  const raised = Object.fromEntries(Object.entries(defaults.max).map(([key, least]) => [key, larger(least, limits.max?.[key] ?? least)]));
  return {
    default: { ...defaults.default, ...limits.default },
    defaultRequest: { ...defaults.defaultRequest, ...limits.defaultRequest },
    max: { ...defaults.max, ...limits.max, ...raised },
  };
}

import { z } from "zod";
import { quantity } from "./quantity";
import type { Engine, Plan } from "./spec";

const cpu = z.string().regex(/^([1-9]\d*m|[1-9]\d*(\.\d{1,3})?|0\.\d{1,3})$/, { error: 'is not a CPU quantity — write it like "100m" or "2"' });
const memory = z.string().regex(/^[1-9]\d*(Mi|Gi)$/, { error: 'is not a memory quantity — write it like "256Mi" or "1Gi"' });
const volume = z.string().regex(/^[1-9]\d*(Mi|Gi|Ti)$/, { error: 'is not a volume size — write it like "5Gi"' });

const workload = z.strictObject({
  replicas: z.int().min(1).max(20).describe("Pods that serve at the same time."),
  cpuRequest: cpu.describe("CPU that the scheduler sets aside for each pod."),
  cpuLimit: cpu.optional().describe("CPU that a pod is held to; absent: as much as the node has free."),
  memoryRequest: memory.describe("Memory that the scheduler sets aside for each pod."),
  memoryLimit: memory.describe("Memory beyond which a pod is ended."),
});
/** Data stores write to a volume of one node: never more than one pod. */
const single = workload.extend({ replicas: z.literal(1, { error: "is fixed — its volume serves one pod, leave replicas at 1" }) });
const job = workload.omit({ replicas: true });

const woocommerceSizes = z.strictObject({
  wordpress: workload.describe("More than one pod needs the setting sharedStorageClass."),
  mariadb: single,
  job: job.describe("The set-up Job and the pods of the CronJob, each."),
  volumes: z.strictObject({ wordpress: volume, mariadb: volume }),
});
const medusaSizes = z.strictObject({
  server: workload,
  worker: workload,
  storefront: workload,
  postgres: single,
  redis: single,
  job: job.describe("The migration and seed Jobs, each."),
  volumes: z.strictObject({ postgres: volume, redis: volume }),
});

/** What the parts of one shop get, by engine: checked in the settings and by the components alike. */
export const sizesSchemas = { woocommerce: woocommerceSizes, medusa: medusaSizes };
export type WorkloadSize = z.infer<typeof workload>;
export type JobSize = z.infer<typeof job>;
export type WooCommerceSizes = z.infer<typeof woocommerceSizes>;
export type MedusaSizes = z.infer<typeof medusaSizes>;
export interface SizesOf {
  woocommerce: WooCommerceSizes;
  medusa: MedusaSizes;
}

/** No CPU limits: with free cores a start takes seconds instead of a minute, and requests keep the shares fair. */
const size = (cpuRequest: string, memoryRequest: string, memoryLimit: string): JobSize => ({ cpuRequest, memoryRequest, memoryLimit });
const one = (...args: Parameters<typeof size>) => ({ replicas: 1 as const, ...size(...args) });
const many = (replicas: number, ...args: Parameters<typeof size>) => ({ replicas, ...size(...args) });

/** Requests of a small store, its Job included: WooCommerce 125m and 512Mi, Medusa 160m and 1120Mi. */
export const plans: { [E in Engine]: Record<Plan, SizesOf[E]> } = {
  woocommerce: {
    small: {
      wordpress: many(1, "50m", "192Mi", "512Mi"),
      mariadb: one("50m", "192Mi", "512Mi"),
      job: size("25m", "128Mi", "384Mi"),
      volumes: { wordpress: "2Gi", mariadb: "2Gi" },
    },
    medium: {
      wordpress: many(1, "200m", "512Mi", "1Gi"),
      mariadb: one("200m", "512Mi", "1Gi"),
      job: size("50m", "256Mi", "512Mi"),
      volumes: { wordpress: "10Gi", mariadb: "10Gi" },
    },
    large: {
      wordpress: many(1, "1", "1Gi", "2Gi"),
      mariadb: one("500m", "2Gi", "4Gi"),
      job: size("100m", "256Mi", "768Mi"),
      volumes: { wordpress: "50Gi", mariadb: "50Gi" },
    },
  },
  medusa: {
    small: {
      server: many(1, "50m", "352Mi", "1Gi"),
      worker: many(1, "25m", "224Mi", "768Mi"),
      storefront: many(1, "25m", "96Mi", "512Mi"),
      postgres: one("25m", "128Mi", "512Mi"),
      redis: one("10m", "64Mi", "128Mi"),
      job: size("25m", "256Mi", "768Mi"),
      volumes: { postgres: "2Gi", redis: "1Gi" },
    },
    medium: {
      server: many(2, "200m", "512Mi", "1Gi"),
      worker: many(1, "100m", "384Mi", "1Gi"),
      storefront: many(2, "100m", "256Mi", "512Mi"),
      postgres: one("200m", "512Mi", "1Gi"),
      redis: one("50m", "128Mi", "256Mi"),
      job: size("50m", "384Mi", "1Gi"),
      volumes: { postgres: "10Gi", redis: "1Gi" },
    },
    large: {
      server: many(3, "500m", "1Gi", "2Gi"),
      worker: many(2, "250m", "768Mi", "2Gi"),
      storefront: many(3, "250m", "384Mi", "1Gi"),
      postgres: one("500m", "2Gi", "4Gi"),
      redis: one("100m", "256Mi", "512Mi"),
      job: size("100m", "512Mi", "1Gi"),
      volumes: { postgres: "50Gi", redis: "5Gi" },
    },
  },
};

const overridesOf = {
  woocommerce: z.strictObject({
    wordpress: workload.partial(), mariadb: single.partial(), job: job.partial(), volumes: woocommerceSizes.shape.volumes.partial(),
  }).partial(),
  medusa: z.strictObject({
    server: workload.partial(), worker: workload.partial(), storefront: workload.partial(), postgres: single.partial(),
    redis: single.partial(), job: job.partial(), volumes: medusaSizes.shape.volumes.partial(),
  }).partial(),
};
const engineOverrides = z.strictObject(overridesOf).partial();

/** Schema of an environment's `plans`: any single value of any plan, the rest stays. */
export const planOverridesSchema = z.strictObject({ small: engineOverrides, medium: engineOverrides, large: engineOverrides }).partial();
export type PlanOverrides = z.infer<typeof planOverridesSchema>;

/** The sizes of a plan with the environment's overrides on top. */
export function sizesFor<E extends Engine>(engine: E, plan: Plan, settings: { plans: PlanOverrides }): SizesOf[E] {
  const sizes = structuredClone(plans[engine][plan]) as Record<string, object>;
  for (const [part, values] of Object.entries(settings.plans[plan]?.[engine] ?? {})) Object.assign(sizes[part] ?? {}, values);
  return sizes as unknown as SizesOf[E];
}

/** Overrides that leave a pod with a request above its limit, which Kubernetes would refuse: `["small", "medusa", "redis"]`. */
export function contradictions(overrides: PlanOverrides): [Plan, Engine, string][] {
  const found: [Plan, Engine, string][] = [];
  for (const [plan, byEngine] of Object.entries(overrides) as [Plan, object][]) {
    for (const engine of Object.keys(byEngine) as Engine[]) {
      const { volumes: _volumes, ...parts } = sizesFor(engine, plan, { plans: overrides });
      for (const [part, { memoryRequest, memoryLimit, cpuRequest, cpuLimit }] of Object.entries<JobSize>(parts)) {
        const fits = quantity(memoryRequest) <= quantity(memoryLimit) && (!cpuLimit || quantity(cpuRequest) <= quantity(cpuLimit));
        if (!fits) found.push([plan, engine, part]);
      }
    }
  }
  return found;
}

/** Plans whose overrides ask for several WordPress pods. */
export function plansWithReplicas(overrides: PlanOverrides): Plan[] {
  return (Object.entries(overrides) as [Plan, PlanOverrides[Plan]][]).filter(([, it]) => (it?.woocommerce?.wordpress?.replicas ?? 1) > 1).map(([plan]) => plan);
}

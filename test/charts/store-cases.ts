import { readSettings } from "../../config/environment";
import { environmentNames } from "../../config/environments";
import { namespaceOf, type EnvironmentName } from "../../config/names";
import { resolveStore, engineNames, planNames, type Engine, type Plan } from "../../config/spec";
import { storeProgram } from "../../stores";
import type { Environment } from "../../stores/environment-outputs";
import { nothingLives } from "../../stores/living";
import { only, record, type Recorded } from "../unit/helpers/recording-mocks";
import { renderChart, type KubernetesObject } from "../unit/helpers/rendered-chart";

/** One store of each engine, plan and environment, as its stack would create it. */
export interface StoreCase {
  engine: Engine;
  plan: Plan;
  env: EnvironmentName;
  namespace: string;
  /** What its program creates besides the release. */
  resources: Recorded[];
  /** The values of its Helm release. */
  values: Record<string, any>;
  /** What its chart makes of them. */
  objects: KubernetesObject[];
}

/** Runs a store's program with the environment's own settings, and renders the chart with what comes out. */
export async function storeCase(engine: Engine, plan: Plan, env: EnvironmentName): Promise<StoreCase> {
  const spec = resolveStore({ name: "acme", engine, plan, domains: env === "prod" ? ["shop.example.org"] : [] }, {});
  const shared: Environment = { settings: readSettings(env), secretRevisions: {} };
  shared.settings.context = "a-context";
  // The project's own images have a digest only once they are published; until then an environment names its own.
  for (const name of ["medusa", "medusa-storefront"] as const) shared.settings.images.overrides[name] ??= `registry.example.com/${name}:1@sha256:${"0".repeat(64)}`;
  const { resources } = await record(() => storeProgram(env, spec, { shared, living: nothingLives }), { stack: `${env}.acme` });
  const { values } = only(resources, ":Release").inputs;
  return { engine, plan, env, namespace: namespaceOf(env, "acme"), resources, values, objects: await renderChart(engine, values) };
}

const made = new Map<string, Promise<StoreCase>>();
/** Pulumi has one engine in a process, mocked or not: programs run one after the other. */
let previous: Promise<unknown> = Promise.resolve();

/** `run` for every engine, plan and environment; each case is made once. */
export function forEachCase(run: (title: string, make: () => Promise<StoreCase>) => void, which: readonly Engine[] = engineNames) {
  for (const engine of which) {
    for (const plan of planNames) {
      for (const env of environmentNames()) {
        const title = `${engine} ${plan} ${env}`;
        run(title, () => {
          const making = made.get(title) ?? previous.then(() => storeCase(engine, plan, env));
          made.set(title, making);
          previous = making.catch(() => {});
          return making;
        });
      }
    }
  }
}

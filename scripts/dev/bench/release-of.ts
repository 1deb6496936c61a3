import { runtime } from "@pulumi/pulumi";
import type { EnvironmentName } from "../../../config/names";
import type { StoreSpec } from "../../../config/spec";
import { storeProgram } from "../../../stores";
import type { SharedParts } from "../../../stores/environment-outputs";
import { nothingLives } from "../../../stores/living";

export interface ChartRelease {
  chart: string;
  values: Record<string, unknown>;
}

/** The chart and values that a store's program installs, without the names of Secrets that only the program makes. */
export async function releaseOf(env: EnvironmentName, spec: StoreSpec, shared: SharedParts): Promise<ChartRelease> {
  let release: ChartRelease | undefined;
  const newResource = ({ type, name, inputs }: runtime.MockResourceArgs) => {
    if (type !== "kubernetes:helm.sh/v3:Release") return { id: name, state: { ...inputs, result: "" } };
    const { secrets: _, ...values } = inputs.values;
    release = { chart: inputs.chart, values };
    return { id: name, state: { ...inputs, status: { status: "deployed" } } };
  };
  await runtime.setMocks({ newResource, call: async ({ inputs }) => inputs }, "storefleet", `${env}.${spec.name}`, false);
  try {
    // Nothing is connected to, but a provider wants a name.
    await storeProgram(env, spec, { shared: { ...shared, settings: { ...shared.settings, context: "bench" } }, living: nothingLives });
  } finally {
    await runtime.disconnect();
  }
  if (!release) throw new Error(`the program of ${spec.name} installs no chart`);
  return release;
}

import type { Engine } from "../../../config/spec";
import { medusaSteps } from "./medusa";
import { takeSteps, type Step, type StepReport } from "./steps";
import type { ShopToVerify } from "./target";
import { woocommerceSteps } from "./woocommerce";

export interface Verification {
  name: string;
  engine: Engine;
  url: string;
  passed: boolean;
  seconds: number;
  steps: StepReport[];
}

/** By which steps a shop of an engine is verified. */
const engines: Record<Engine, (target: ShopToVerify) => Step[]> = {
  woocommerce: woocommerceSteps,
  medusa: medusaSteps,
};

/** Buys something, and takes it back. */
export async function verify(target: ShopToVerify, onStep: (report: StepReport) => void, signal: AbortSignal): Promise<Verification> {
  const { name, engine, url } = target;
  const started = performance.now();
  const steps = await takeSteps(engines[engine](target), onStep, signal);
  const passed = !signal.aborted && steps.every(({ result }) => result !== "failed");
  return { name, engine, url, passed, seconds: Math.round(performance.now() - started) / 1000, steps };
}

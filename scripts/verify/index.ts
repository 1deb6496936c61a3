import type { Engine } from "../../config/spec";
import { medusaSteps } from "./medusa";
import type { Access } from "./site";
import { takeSteps, type Step, type StepReport } from "./steps";
import { woocommerceSteps } from "./woocommerce";

/** A shop to verify. */
export interface Target {
  name: string;
  engine: Engine;
  url: string;
  admin: { username: string; password: string };
  /** What the storefront of a Medusa shop asks the store API with. */
  publishableKey?: string;
  /** Where its e-mails can be read, or else the server that they go to. */
  mail: { catcher: string; login?: { username: string; password: string } } | { server: string };
  access: Access;
  /** Milliseconds until the e-mail of an order has to be there. */
  mailWait: number;
}

export interface Verification {
  name: string;
  engine: Engine;
  url: string;
  passed: boolean;
  seconds: number;
  steps: StepReport[];
}

/** By which steps a shop of an engine is verified. */
const engines: Record<Engine, (target: Target) => Step[]> = {
  woocommerce: woocommerceSteps,
  medusa: medusaSteps,
};

/** Buys something, and takes it back. */
export async function verify(target: Target, onStep: (report: StepReport) => void, signal: AbortSignal): Promise<Verification> {
  const { name, engine, url } = target;
  const started = performance.now();
  const steps = await takeSteps(engines[engine](target), onStep, signal);
  const passed = !signal.aborted && steps.every(({ result }) => result !== "failed");
  return { name, engine, url, passed, seconds: Math.round(performance.now() - started) / 1000, steps };
}

import { UserError } from "../../config/errors";
import { engineNames, type Engine } from "../../config/spec";
import type { Access } from "./site";
import { takeSteps, type Step, type StepReport } from "./steps";
import { woocommerceSteps } from "./woocommerce";

/** A shop to verify. */
export interface Target {
  name: string;
  engine: Engine;
  url: string;
  admin: { username: string; password: string };
  /** Where its e-mails can be read, or else the server that they go to. */
  mail: { catcher: string } | { server: string };
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
const engines: Record<Engine, ((target: Target) => Step[]) | undefined> = {
  woocommerce: woocommerceSteps,
  medusa: undefined,
};

/** Refuses engines that there are no steps for. */
export function verifiableEngine(store: string, engine: string): Engine {
  const known = engineNames.find((name) => name === engine);
  if (!known || !engines[known]) {
    throw new UserError(`${store} is a ${engine} store, and verify does not know ${engine} yet`, `It knows: ${engineNames.filter((name) => engines[name]).join(", ")}.`);
  }
  return known;
}

/** Buys something, and takes it back. */
export async function verify(target: Target, onStep: (report: StepReport) => void, signal: AbortSignal): Promise<Verification> {
  const { name, engine, url } = target;
  const started = performance.now();
  const steps = await takeSteps(engines[verifiableEngine(name, engine)]?.(target) ?? [], onStep, signal);
  const passed = !signal.aborted && steps.every(({ result }) => result !== "failed");
  return { name, engine, url, passed, seconds: Math.round(performance.now() - started) / 1000, steps };
}

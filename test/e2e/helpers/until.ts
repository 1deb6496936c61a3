import { until as lookUntil } from "../../../scripts/machine/os/until";

/** Waits until a condition holds, looking every `pause` milliseconds; fails, saying which one, when time is up. */
export async function until(what: string, condition: () => Promise<boolean>, seconds = 60, pause = 200): Promise<void> {
  if (!(await lookUntil(condition, { within: seconds * 1000, every: pause }))) throw new Error(`waited ${seconds} seconds in vain until ${what}`);
}

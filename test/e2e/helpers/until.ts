import { setTimeout as sleep } from "node:timers/promises";

/** Waits until a condition holds, looking every `pause` milliseconds; fails, saying which one, when time is up. */
export async function until(what: string, condition: () => Promise<boolean>, seconds = 60, pause = 200): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`waited ${seconds} seconds in vain until ${what}`);
    await sleep(pause);
  }
}

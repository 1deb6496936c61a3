import { setTimeout as sleep } from "node:timers/promises";

/** Waits until a condition holds; fails, saying which one, when it does not within a minute. */
export async function until(what: string, condition: () => Promise<boolean>, seconds = 60): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`waited ${seconds} seconds in vain until ${what}`);
    await sleep(200);
  }
}

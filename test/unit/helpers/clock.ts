import { mock } from "node:test";

/** Time that passes when a test says so; what is no timer, such as a process, goes on meanwhile. */
export interface Clock {
  /** Lets milliseconds pass. */
  runFor(milliseconds: number): Promise<void>;
  restore(): void;
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

export function keepClock(): Clock {
  mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"], now: Date.now() });
  return {
    async runFor(milliseconds) {
      for (let left = milliseconds; left > 0; left -= 250) {
        mock.timers.tick(Math.min(250, left));
        for (let turns = 0; turns < 5; turns++) await turn();
      }
    },
    restore: () => mock.timers.reset(),
  };
}

/** Waits, without any time passing, for what goes on outside of it. */
export async function untilTrue(holds: () => boolean): Promise<void> {
  while (!holds()) await turn();
}

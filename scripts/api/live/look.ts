import type { Operation } from "../../operations/history";
import type { FleetStatus } from "../../operations/status";
import type { Health, Store } from "../contract";
import { Shared } from "./shared";

/** Milliseconds for which a look at the cluster is good. */
const goodFor = 1000;

/** The fleet at one moment. */
export interface Seen {
  stores: Store[];
  health: Omit<Health, "trouble">;
}

/** The fleet and what was done to it, looked at once a second at most, however many ask. */
export class Look {
  private readonly fleet: Shared<Seen>;
  private readonly history: Shared<Operation[]>;

  constructor(status: () => Promise<FleetStatus>, operations: () => Promise<Operation[]>, now: () => number = Date.now) {
    this.fleet = new Shared(async () => seenOf(await status()), goodFor, now);
    this.history = new Shared(operations, goodFor, now);
  }

  stores = (): Promise<Seen> => this.fleet.get();
  /** Newest first. */
  operations = (): Promise<Operation[]> => this.history.get();

  /** Something was just changed: the next look is a new one. */
  forget(): void {
    this.fleet.forget();
    this.history.forget();
  }
}

const seenOf = ({ env: _env, stores, ...health }: FleetStatus): Seen => ({ stores: stores.map((row) => ({ id: row.name, status: row.phase, ...row })), health });

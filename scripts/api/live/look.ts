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

/** What was done and what is under way, newest first. */
export interface Records {
  read(): Promise<Operation[]>;
  /** The next answer is the records' own, whatever was heard of them. */
  forget(): void;
}

/** The fleet and what was done to it, looked at once a second at most, however many ask. */
export class Look {
  private readonly fleet: Shared<Seen>;
  private readonly history: Shared<Operation[]>;

  constructor(
    status: () => Promise<FleetStatus>,
    private readonly records: Records,
    now: () => number = Date.now,
  ) {
    this.fleet = new Shared(async () => seenOf(await status().catch((error) => {
      // Nor is it known then whether changes of the records are heard.
      records.forget();
      throw error;
    })), goodFor, now);
    this.history = new Shared(() => records.read(), goodFor, now);
  }

  stores = (): Promise<Seen> => this.fleet.get();
  /** Newest first. */
  operations = (): Promise<Operation[]> => this.history.get();

  /** Something was just changed: the next look is a new one. */
  forget(): void {
    this.fleet.forget();
    this.history.forget();
    this.records.forget();
  }
}

const seenOf = ({ env: _env, stores, ...health }: FleetStatus): Seen => ({ stores: stores.map((row) => ({ id: row.name, status: row.phase, ...row })), health });

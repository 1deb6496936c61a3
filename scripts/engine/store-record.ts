/** How a store's part ended. */
export interface StoreEnd {
  name: string;
  action: string;
  result: string;
  seconds: number;
  error: string | null;
  repairs: string[];
}

/** Told of each store's part of a run as it goes: what keeps the record of it, and who works on the store. */
export interface StoreRecord {
  /**
   * Before anything of a store is touched. Throws where that could not be noted down, so that the store is left alone.
   * @param signal aborted when the store is no longer this run's
   * @returns who works on it, where that is somebody else
   */
  begin(store: string, action: string): Promise<{ signal: AbortSignal } | { heldBy: string }>;
  /**
   * Takes what only one run may do at a time without being about one store.
   * @param signal aborted when it is no longer this run's
   */
  claim(what: string): Promise<{ signal: AbortSignal; giveBack: () => Promise<void> } | { heldBy: string }>;
  /** What is done with it just now. */
  step(store: string, text: string): void;
  end(end: StoreEnd): void;
}

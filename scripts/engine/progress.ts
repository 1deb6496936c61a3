/** What a person or a log sees of a run over several stores. */
export interface Progress {
  begin(total: number): void;
  step(store: string, text: string): void;
  end(store: string, text: string, failed: boolean): void;
  close(): void;
}

/** The same for one part of a run, whose beginning and end are told by whoever has all parts. */
export const ofPart = (progress: Progress): Progress => ({ begin() {}, step: (store, text) => progress.step(store, text), end: (...its) => progress.end(...its), close() {} });

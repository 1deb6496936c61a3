/** What a person or a log sees of a run over several stores. */
export interface Progress {
  begin(total: number): void;
  step(store: string, text: string): void;
  end(store: string, text: string, failed: boolean): void;
  close(): void;
}

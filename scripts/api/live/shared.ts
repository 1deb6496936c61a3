/** One reading at a time for all who ask meanwhile, and none more often than it is good for. */
export class Shared<T> {
  private last?: { until: number; answer: Promise<T> };

  /** @param goodFor milliseconds */
  constructor(
    private readonly read: () => Promise<T>,
    private readonly goodFor: number,
    private readonly now: () => number = Date.now,
  ) {}

  get(): Promise<T> {
    if (this.last && this.now() < this.last.until) return this.last.answer;
    const reading = { until: Infinity, answer: this.read() };
    this.last = reading;
    reading.answer.then(() => (reading.until = this.now() + this.goodFor), () => (this.last = undefined));
    return reading.answer;
  }

  /** What is read next is new: something was just changed. */
  forget(): void {
    this.last = undefined;
  }
}

/**
 * Writes that meet go together: while one request is under way, whatever comes is collected for the next. In the order of the calls.
 * @param write one request; what it returns or throws is every caller's whose item it had
 * @param most items in one
 */
export class Batched<Item, Result> {
  private waiting: { item: Item; resolve: (result: Result) => void; reject: (error: unknown) => void }[] = [];
  private busy = false;

  constructor(
    private readonly write: (items: Item[]) => Promise<Result>,
    private readonly most = 50,
  ) {}

  add(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      void this.work();
    });
  }

  private async work(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, this.most);
      try {
        const result = await this.write(batch.map(({ item }) => item));
        for (const { resolve } of batch) resolve(result);
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.busy = false;
  }
}

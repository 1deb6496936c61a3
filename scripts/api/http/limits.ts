import { Problem } from "./problem";

const minute = 60_000;

/** So many a minute for each key, counted minute by minute. */
export class Limit {
  private counts = new Map<string, number>();
  private since = 0;

  constructor(
    private readonly most: number,
    private readonly what: string,
    private readonly now: () => number = Date.now,
  ) {}

  /** Counts one; throws a 429 for one too many. */
  count(key: string): void {
    const problem = this.exceeded(key);
    if (problem) throw problem;
  }

  /** Counts one; the 429 for one too many. */
  exceeded(key: string, more: Problem["more"] = {}): Problem | undefined {
    const now = this.now();
    if (now - this.since >= minute) [this.counts, this.since] = [new Map(), now];
    const count = (this.counts.get(key) ?? 0) + 1;
    this.counts.set(key, count);
    if (count <= this.most) return undefined;
    const wait = Math.ceil((this.since + minute - now) / 1000);
    return new Problem("too-many", `more than ${this.most} ${this.what} in a minute`, { ...more, hint: `Again in ${wait} s.`, headers: { "retry-after": String(wait) } });
  }
}

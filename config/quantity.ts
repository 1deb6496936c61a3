/** Factors of Kubernetes' suffixes; `1e3` and the like need none. */
const factors: Record<string, number> = {
  "": 1, n: 1e-9, u: 1e-6, m: 1e-3, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18,
  Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50, Ei: 2 ** 60,
};

/** Any Kubernetes quantity as a number of its base unit, bytes or CPUs: `20G`, `21474836480`, `0.5Ti`, `100m`, `2e3`. */
export function quantity(text: string): number {
  const [, number, suffix] = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)([a-zA-Z]*)$/.exec(text) ?? [];
  const factor = factors[suffix ?? "none"];
  if (number === undefined || factor === undefined) throw new Error(`"${text}" is not a quantity: write it like "100m", "2", "256Mi" or "1Gi"`);
  // 1.1 × 1000 is a little more than 1100.
  return Number((Number(number) * factor).toPrecision(15));
}

/** In thousandths of a CPU, rounded up. */
export const millicores = (text: string) => Math.ceil(Number((quantity(text) * 1000).toPrecision(12)));

/** In mebibytes, rounded up. */
export const mebibytes = (text: string) => Math.ceil(quantity(text) / 2 ** 20);

/** Whichever is more, as it is written. */
export const larger = (one: string, other: string) => (quantity(one) >= quantity(other) ? one : other);

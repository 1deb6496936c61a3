/** A decimal or binary suffix's power; `m` is a thousandth. */
const decimal = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];
const binary = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];

/**
 * A quantity as Kubernetes writes it: the largest suffix of the same family that leaves a whole number, so that
 * `1024Mi` is `1Gi`, `0.5` is `500m` and `1000m` is `1`. What is no quantity is left for the server to refuse.
 */
export function canonicalQuantity(quantity: string | number): string {
  const text = String(quantity).trim();
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:([eE][+-]?\d+)|([numkMGTPE]|[KMGTPE]i)?)$/.exec(text);
  if (!match || (!match[2] && !match[3])) return text;
  const [, sign = "", whole = "", fraction = "", exponent, suffix = ""] = match;
  // Everything is counted in billionths, Kubernetes' smallest step; a smaller rest is rounded up.
  let nano = BigInt(whole + fraction || "0") * 10n ** 9n;
  let divisor = 10n ** BigInt(fraction.length);
  if (exponent) {
    const power = Number(exponent.slice(1));
    if (power >= 0) nano *= 10n ** BigInt(power);
    else divisor *= 10n ** BigInt(-power);
  } else if (binary.includes(suffix) && suffix !== "") {
    nano *= 1024n ** BigInt(binary.indexOf(suffix));
  } else {
    nano *= 1000n ** BigInt(decimal.indexOf(suffix));
    divisor *= 10n ** 9n;
  }
  nano = (nano + divisor - 1n) / divisor;
  if (nano === 0n) return "0";

  const one = 10n ** 9n;
  // A binary quantity below 1024, or not whole, is written like a decimal one.
  if (suffix.endsWith("i") && nano % one === 0n && nano / one >= 1024n) {
    let value = nano / one;
    let power = 0;
    while (value % 1024n === 0n && power < binary.length - 1) [value, power] = [value / 1024n, power + 1];
    return `${sign === "-" ? "-" : ""}${value}${binary[power]}`;
  }
  let power = 0;
  while (nano % 1000n === 0n && power < decimal.length - 1) [nano, power] = [nano / 1000n, power + 1];
  const exponentOf = (index: number) => (index === 3 ? "" : `e${(index - 3) * 3}`);
  return `${sign === "-" ? "-" : ""}${nano}${exponent ? exponentOf(power) : decimal[power]}`;
}

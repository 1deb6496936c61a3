import { isIP } from "node:net";
import { wrongArg } from "../shared/wrong-arg";

/** `text`, if it is an address range such as `10.42.0.0/16`; `path` is its place among the args. */
export function requireCidr(path: readonly PropertyKey[], text: string): string {
  const [address = "", prefix] = text.split("/");
  const version = isIP(address);
  const bits = version === 6 ? 128 : 32;
  if (version !== 0 && prefix === undefined) {
    throw wrongArg(path, `"${text}" is an address, not a range. Did you mean "${text}/${bits}"?`);
  }
  // A range of all addresses cannot be an exception from all addresses: the API server refuses it.
  if (version === 0 || !/^\d+$/.test(prefix ?? "") || Number(prefix) < 1 || Number(prefix) > bits) {
    throw wrongArg(path, `"${text}" is not an address range such as "10.42.0.0/16" or "fd00:10:42::/56"`);
  }
  return text;
}

import { propertyPath } from "../../config/property-path";
import { quantity } from "../../config/quantity";

/** A wrong arg, from whoever knows its place among the args but not the component. Without Pulumi's SDK: what components are made of is worked out where nothing is made, too. */
export class WrongArg extends Error {}

export const wrongArg = (path: readonly PropertyKey[], reason: string) => new WrongArg(`${propertyPath(path)}: ${reason}`);

/** Throws unless it is a quantity such as "256Mi". */
export function requireQuantity(path: readonly PropertyKey[], text: string): void {
  try {
    quantity(text);
  } catch (error) {
    throw wrongArg(path, (error as Error).message);
  }
}

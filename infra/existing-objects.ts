import { UserError } from "../config/errors";
import { NoAnswer, readerOf, type Found } from "./cluster-reader";
import { pathOfPart, type PartName } from "./part-name";

/** Looks at the cluster that the provider of this context will work on. */
export async function finderIn(context: string): Promise<(part: PartName) => Promise<Found | undefined>> {
  return async (part) => {
    try {
      return await (await readerOf(context))(pathOfPart(part));
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      throw new UserError(`${part.kind} ${part.name} can not be looked for on ${context}: ${error.message}`, "Nothing was touched.", "cluster-unreachable");
    }
  };
}

import { ResourceError, type Resource } from "@pulumi/pulumi";
import { sizesSchemas, type SizesOf } from "../../config/plans";
import { WrongArg, wrongArg } from "./wrong-arg";

/** An error that the engine prints with the URN of a component, as it is: the place in our sources helps nobody. */
export const errorOf = (component: Resource | undefined, message: string): Error => Object.assign(new ResourceError(message, component, true), { stack: undefined });

/**
 * What `make` gives. A wrong arg becomes the component's error, with property and reason in one line: of an InputPropertyError the engine
 * prints those only where a component lives in a plugin, and a stack where it lives in a program.
 *
 * Only for args that are plain. A value that comes later is the chart's schema's and the API server's to refuse: a resource whose input is
 * rejected inside `apply` keeps the program waiting for ever.
 */
export function checked<T>(component: Resource, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof WrongArg)) throw error;
    throw errorOf(component, error.message);
  }
}

/** `sizes`, if they are what a plan may have. */
export function requireSizes<E extends keyof SizesOf>(engine: E, sizes: SizesOf[E]): SizesOf[E] {
  const [issue] = sizesSchemas[engine].safeParse(sizes, { reportInput: true }).error?.issues ?? [];
  if (issue) throw wrongArg(["sizes", ...issue.path], `${JSON.stringify(issue.input)} ${issue.message}`);
  return sizes;
}

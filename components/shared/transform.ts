/**
 * A way to change a resource that a component makes: args that are laid over the component's own, or a function that changes its args and
 * options in place.
 * @example `{ maxHistory: 20 }`
 * @example `(args, opts) => { opts.retainOnDelete = true; }`
 */
export type Transform<Args, Options> = Partial<Args> | ((args: Args, opts: Options, name: string) => void);

/** Name, args and options of a resource, changed: `new Release(...transformed(it, name, args, opts))`. */
export function transformed<Args extends object, Options extends object>(
  transform: Transform<Args, Options> | undefined, name: string, args: Args, opts: Options,
): [name: string, args: Args, opts: Options] {
  if (typeof transform !== "function") return [name, { ...args, ...transform }, opts];
  transform(args, opts, name);
  return [name, args, opts];
}

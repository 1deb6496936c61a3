import { patchEntry } from "../../config/edit-list";
import { apply, type Applied, type ApplyOptions } from "./apply";
import { editList } from "./list-home";
import { defaultsIn } from "./list-text";
import { openNamed } from "./open-fleet";
import { noteDown } from "./records/of-stores";
import type { Listener, Scope } from "./scope";

/** The list in which a store is suspended, or runs: without the key it runs, unless all are suspended. */
export const suspendedIn = (text: string, name: string, suspended: boolean): string =>
  patchEntry(text, name, { suspended: suspended || (defaultsIn(text).suspended === true ? false : null) });

/**
 * Has the list say of stores that they are suspended, or run again, and applies these stores. A second time there is nothing to do, and one
 * that was cut off in between is ended by another.
 */
export async function suspend(scope: Scope, names: string[], suspended: boolean, { concurrency }: Pick<ApplyOptions, "concurrency">, listener: Listener): Promise<Applied> {
  // What can be refused is, before the list is another.
  const { session } = await openNamed(scope, names, listener.say);
  const edit = (text: string) => names.reduce((edited, name) => suspendedIn(edited, name, suspended), text);
  await editList(scope, session.kube, edit, {}, async (_, again) => {
    if (!again) for (const store of names) await noteDown(session, { action: "list.changed", store });
  });
  return apply(scope, { names, prune: false, maxDeletes: 0, skipUnchanged: true, concurrency }, async () => undefined, listener);
}

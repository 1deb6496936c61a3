import { addEntry, patchEntry, removeEntry } from "../../config/edit-list";
import { UserError } from "../../config/errors";
import { recordLabels } from "../../infra/control";
import type { Kube } from "../../kube";
import { isConflict } from "../../kube";
import { observeStore } from "../fleet/observe";
import { placed } from "../machine/os/placed-process";
import { ask, found, named, sameAgain, type Asked, type At, type Sent } from "./asked";
import { checkedList } from "./list-edit";
import { editList } from "./list-home";
import { refreshList } from "./list-in-cluster";
import { digestOfText, entriesIn, imageFilesIn, readListText, type ListText } from "./list-text";
import { tellByHand } from "./list-watch";
import { waysOut } from "./protection";
import { noteDown } from "./records/of-stores";
import { endPatch, pathOf, writeRecord, type ListEdit, type Operation } from "./records/operation";
import type { Scope } from "./scope";
import { suspendedIn } from "./suspension";

/** What goes with every request of an API's client. */
export interface RequestOptions {
  /** The list's text, or the entry's, that it is meant for, by its digest. */
  ifMatch?: string;
  key?: Sent["key"];
}

/** The text, unless the entry is another one than somebody had before them. */
function unlessChanged(text: string, name: string, expected: string | undefined): string {
  if (expected === undefined || entriesIn(text).get(name)?.digest === expected) return text;
  throw new UserError(`the entry of ${name} is another one than it was; nothing was changed`, "Look at it as it is now, and do it again.", "list-changed");
}

/** The new text, unless it names a file that the old one does not: who asks from elsewhere has no say in what of this machine a shop shows. */
function withoutNewFiles(before: string, after: string): string {
  const known = imageFilesIn(before);
  const file = [...imageFilesIn(after)].find((it) => !known.has(it));
  if (file === undefined) return after;
  throw new UserError(`the picture "${file.slice(0, 100)}" would be a file of the machine that this runs on; nothing was changed`, "Give its https:// address; a file is named by whoever edits the list there.", "edit-refused");
}

/** Adds a store to the list, and has it made. */
export async function requestStore(at: At, entry: { name: string }, { ifMatch, key }: RequestOptions = {}): Promise<Operation> {
  const edit = (text: string) => addEntry(text, entry);
  return edited(at, { kind: "apply", names: [entry.name] }, entry.name, edit, { expected: ifMatch, key, body: entry });
}

/** The list as it would be with another store, or with a changed one; nothing is written. @throws ListErrors where it would be wrong */
export async function tryEdit({ scope, session }: At, edit: { add: object } | { change: string; by: object }): Promise<ListText> {
  await refreshList(scope, session.kube);
  const { file, text: now } = readListText(scope);
  checkedList(scope, file, now);
  const text = withoutNewFiles(now, "add" in edit ? addEntry(now, edit.add) : patchEntry(now, edit.change, edit.by));
  checkedList(scope, file, text);
  return { file, text, digest: digestOfText(text) };
}

/** Changes a store's entry by a JSON merge patch, and has that carried out. @param ifMatch the entry's digest, which it has to have still */
export async function requestChange(at: At, name: string, patch: object, { ifMatch, key }: RequestOptions = {}): Promise<Operation> {
  const edit = (text: string) => patchEntry(unlessChanged(text, name, ifMatch), name, patch);
  return edited(at, { kind: "apply", names: [name] }, name, edit, { key, body: patch });
}

/** Suspends a store, or has it run again: its pods go, data and addresses stay. @param ifMatch as for any change */
export async function requestSuspension(at: At, name: string, suspended: boolean, { ifMatch, key }: RequestOptions = {}): Promise<Operation> {
  const edit = (text: string) => suspendedIn(unlessChanged(text, name, ifMatch), name, suspended);
  return edited(at, { kind: "apply", names: [name] }, name, edit, { key, body: { suspended } });
}

/** Takes a store out of the list, if it is there, and has it removed with all its data. Protected ones are refused. */
export async function requestRemoval(at: At, name: string, { ifMatch, key }: RequestOptions = {}): Promise<Operation> {
  const { scope, session } = at;
  await refreshList(scope, session.kube);
  const written = readListText(scope);
  const list = checkedList(scope, written.file, written.text);
  const listed = list.stores.find(({ spec }) => spec.name === name);
  const observed = await observeStore(session.kube, scope.env, name);
  if (!listed && !observed) throw new UserError(`there is no store "${name}", neither listed nor running`, undefined, "unknown-store");
  if (listed?.spec.protected || observed?.protected) throw new UserError(`protected: ${name}; nothing was changed`, waysOut([name], list, new Map(observed ? [[name, observed]] : [])), "protected");
  const asked: Asked = { kind: "destroy", names: [name] };
  if (!listed) return ask(session, asked, { key, body: name });
  const edit = (text: string) => removeEntry(unlessChanged(text, name, ifMatch), name);
  return edited(at, asked, name, edit, { key, body: name });
}

/** Puts another text in the list's place. Nothing is carried out: what it changes is pending until `apply`. */
export async function replaceList({ scope, session }: At, text: string, expected: string | undefined): Promise<ListText> {
  return editList(scope, session.kube, (before) => withoutNewFiles(before, text), { expected, mends: true, byHand: tellByHand({ scope, session }) }, async (_, again) => (again ? undefined : noteDown(session, { action: "list.changed" })));
}

/** Has the whole list, or the named stores of it, carried out. */
export const requestApply = async ({ session }: At, asked: { names?: string[]; prune?: boolean; maxDeletes?: number }, { key }: RequestOptions = {}): Promise<Operation> =>
  ask(session, { kind: "apply", ...asked }, { key, body: asked });

/** Has a store's pods restarted, proven that it sells, or a backup made of it. */
export async function requestOn({ session }: At, kind: "restart" | "verify" | "backup", name: string, { key }: RequestOptions = {}): Promise<Operation> {
  if (!(await observeStore(session.kube, session.env, name))) throw new UserError(`${name} does not run`, undefined, "unknown-store");
  return ask(session, { kind, names: [name] }, { key, body: name });
}

/**
 * Edits the list and has it carried out. The record is there before the list is changed, and says by what it is seen whether that came
 * about: whoever dies in between leaves a record that the queue either takes on or lets go.
 */
async function edited({ scope, session }: At, asked: Asked, name: string, edit: (text: string) => string, { expected, ...sent }: Sent & { expected?: string }): Promise<Operation> {
  const { id, request } = await named(session, asked, sent);
  if (sent.key !== undefined) {
    const before = await session.kube.get(pathOf(id));
    if (before) return sameAgain(session, id, request);
  }
  let written = false;
  const begin = async (text: string, again: boolean) => {
    if (again) return void (await session.kube.merge(pathOf(id), { data: { edit: JSON.stringify(editIn(text, name)) } }));
    await writeRecord(session.kube, id, request, { state: "editing", process: placed(process.pid), edit: editIn(text, name) });
    written = true;
    await noteDown(session, { action: "list.changed", store: name, operation: id });
  };
  try {
    await editList(scope, session.kube, (text) => withoutNewFiles(text, edit(text)), { expected, byHand: tellByHand({ scope, session }) }, begin);
  } catch (error) {
    if (isConflict(error) && sent.key !== undefined && !written) return sameAgain(session, id, request);
    if (written) await session.kube.merge(pathOf(id), endPatch("abandoned", new Date(session.kube.now()).toISOString(), (error as Error).message));
    throw error;
  }
  // An edit that changes nothing is carried out all the same: somebody may have undone by hand what the list says.
  if (written) await session.kube.merge(pathOf(id), { metadata: { labels: { [recordLabels.state]: "queued" } } });
  else await writeRecord(session.kube, id, request, { state: "queued", process: placed(process.pid) });
  return found(session, id);
}

/** How a text shows that an edit came about. */
const editIn = (text: string, name: string): ListEdit => ({ name, after: entriesIn(text).get(name)?.digest ?? null });

/** Whether the list says what an edit would have it say. */
export async function cameAbout(scope: Scope, kube: Kube, { name, after }: ListEdit): Promise<boolean> {
  await refreshList(scope, kube);
  return editIn(readListText(scope).text, name).after === after;
}

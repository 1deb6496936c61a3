import { closeSync, fsyncSync, openSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { readSettings } from "../../config/environment";
import { UserError } from "../../config/errors";
import { parseStores, type StoreList } from "../../config/load";
import { listFile } from "../../stores/listed";
import { withLock } from "../machine/os/lock";
import { environmentFolder } from "../machine/paths";
import { digestOfText, readListText, type ListText } from "./list-text";
import { editByHand, knownOf, readKnown, remember, type EditByHand } from "./list-known";
import type { Scope } from "./scope";

/** What a text of the list says. @throws ListErrors with everything that is wrong in it */
export const checkedList = ({ env }: Scope, file: string, text: string): StoreList => parseStores(file, text, readSettings(env));

export interface Edit {
  /** The text that it is for, by its digest; absent: whatever is there. */
  expected?: string;
  /** Whether the list may be wrong before it, as when all of it is replaced. @default false */
  mends?: boolean;
  /** Told before anything is changed that somebody else edited the list since it was last looked at here. */
  byHand?: (edit: EditByHand) => Promise<void>;
}

/**
 * Edits the list where it is at home, in a file: one edit at a time, on the text as it is then, and only into a valid list. A person's editor
 * knows no lock, so the file is looked at once more right before it is replaced.
 * @param edit makes the new text of the one that is there
 * @param before told the new text before it is written; throws where it must not be
 * @throws ListErrors where the list is wrong, before or after; a UserError `list-changed` where it is another one than expected
 */
export async function editList(scope: Scope, edit: (text: string) => string, { expected, mends = false, byHand = async () => undefined }: Edit = {}, before: (text: string) => Promise<void> = async () => undefined): Promise<ListText> {
  const file = listFile(scope.env, scope.file);
  return withLock(lockOf(scope, file), () => {}, async () => {
    const seen = stampOf(file);
    const now = readListText(scope);
    await noticed(scope, now, byHand);
    if (expected !== undefined && expected !== now.digest) throw changed(file);
    if (!mends) checkedList(scope, file, now.text);
    const text = edit(now.text);
    if (text === now.text) return now;
    checkedList(scope, file, text);
    await before(text);
    const [after, known] = [{ file, text, digest: digestOfText(text) }, knownFile(scope, file)];
    const last = readKnown(known);
    const next = knownOf(after, last);
    remember(known, { ...next, before: now.digest });
    try {
      replace(file, text, () => {
        if (stampOf(file) !== seen || readListText(scope).digest !== now.digest) throw changed(file);
      });
    } catch (error) {
      if (last) remember(known, last);
      throw error;
    }
    remember(known, next);
    return after;
  });
}

/** Looks whether somebody else edited the list since it was last looked at here, and tells it. */
export async function noticeEdits(scope: Scope, byHand: (edit: EditByHand) => Promise<void>): Promise<void> {
  await withLock(lockOf(scope, listFile(scope.env, scope.file)), () => {}, async () => noticed(scope, readListText(scope), byHand));
}

/** While nobody else of ours edits it. Rather told twice than not at all, where this process is killed in between. */
async function noticed(scope: Scope, now: ListText, byHand: (edit: EditByHand) => Promise<void>): Promise<void> {
  const known = knownFile(scope, now.file);
  const last = readKnown(known);
  const edit = last && editByHand(last, now);
  if (edit) await byHand(edit);
  if (edit || !last) remember(known, knownOf(now, last));
}

const changed = (file: string) => new UserError(`${file} was changed meanwhile; nothing was written`, "Look at it as it is now, and do it again.", "list-changed");

/** Whoever edits the same file waits, by whatever name it was called. */
const lockOf = (scope: Scope, file: string) => `${besideState(scope, file)}.lock`;
const knownFile = (scope: Scope, file: string) => `${besideState(scope, file)}.known`;
const besideState = ({ env }: Scope, file: string) => join(environmentFolder(env), `list-${digestOfText(realpathSync.native(file))}`);

/** Changes whenever somebody saves the file, in place or by another one that takes its place. */
export function stampOf(file: string): string {
  const { ino, mtimeNs, size } = statSync(file, { bigint: true });
  return `${ino} ${mtimeNs} ${size}`;
}

/** Whole or not at all, through a link, with the rights that the file had. @param stillSo looks once more, right before */
function replace(file: string, text: string, stillSo: () => void): void {
  const target = realpathSync(file);
  const draft = `${target}.${process.pid}.draft`;
  // Without its byte order mark the text was read.
  const mark = readFileSync(target).subarray(0, 3).toString("hex") === "efbbbf" && !text.startsWith("\uFEFF") ? "\uFEFF" : "";
  try {
    const opened = openSync(draft, "w", statSync(target).mode & 0o777);
    try {
      writeSync(opened, mark + text);
      fsyncSync(opened);
    } finally {
      closeSync(opened);
    }
    stillSo();
    renameSync(draft, target);
  } finally {
    rmSync(draft, { force: true });
  }
}

import { closeSync, fsyncSync, openSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { listFile } from "../../stores/listed";
import { withLock } from "../machine/os/lock";
import { environmentFolder } from "../machine/paths";
import { changed, checkedList, type BeforeEdit, type Edit } from "./list-edit";
import { editByHand, knownOf, readKnown, remember, type EditByHand } from "./list-known";
import { digestOfText, readListText, type ListText } from "./list-text";
import type { Scope } from "./scope";

/** Edits a list in a file: one edit at a time. A person's editor knows no lock, so the file is looked at once more right before it is replaced. */
export async function editFile(scope: Scope, edit: (text: string) => string, { expected, mends = false, byHand = async () => undefined }: Edit, before: BeforeEdit): Promise<ListText> {
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
    await before(text, false);
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

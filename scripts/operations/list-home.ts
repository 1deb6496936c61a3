import { closeSync, fsyncSync, openSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { readSettings } from "../../config/environment";
import { UserError } from "../../config/errors";
import { parseStores, type StoreList } from "../../config/load";
import { listFile } from "../../stores/listed";
import { withLock } from "../machine/os/lock";
import { environmentFolder } from "../machine/paths";
import { digestOfText, readListText, type ListText } from "./list-text";
import type { Scope } from "./scope";

/** What a text of the list says. @throws ListErrors with everything that is wrong in it */
export const checkedList = ({ env }: Scope, file: string, text: string): StoreList => parseStores(file, text, readSettings(env));

export interface Edit {
  /** The text that it is for, by its digest; absent: whatever is there. */
  expected?: string;
  /** Whether the list may be wrong before it, as when all of it is replaced. @default false */
  mends?: boolean;
}

/**
 * Edits the list where it is at home, in a file: one edit at a time, on the text as it is then, and only into a valid list. A person's editor
 * knows no lock, so the file is looked at once more right before it is replaced.
 * @param edit makes the new text of the one that is there
 * @param before told the new text before it is written; throws where it must not be
 * @throws ListErrors where the list is wrong, before or after; a UserError `list-changed` where it is another one than expected
 */
export async function editList(scope: Scope, edit: (text: string) => string, { expected, mends = false }: Edit = {}, before: (text: string) => Promise<void> = async () => undefined): Promise<ListText> {
  const file = listFile(scope.env, scope.file);
  return withLock(lockOf(scope, file), () => {}, async () => {
    const seen = stampOf(file);
    const now = readListText(scope);
    if (expected !== undefined && expected !== now.digest) throw changed(file);
    if (!mends) checkedList(scope, file, now.text);
    const text = edit(now.text);
    if (text === now.text) return now;
    checkedList(scope, file, text);
    await before(text);
    replace(file, text, () => {
      if (stampOf(file) !== seen || readListText(scope).digest !== now.digest) throw changed(file);
    });
    return { file, text, digest: digestOfText(text) };
  });
}

const changed = (file: string) => new UserError(`${file} was changed meanwhile; nothing was written`, "Look at it as it is now, and do it again.", "list-changed");

/** Whoever edits the same file waits, by whatever name it was called. */
const lockOf = ({ env }: Scope, file: string) => join(environmentFolder(env), `list-${digestOfText(realpathSync.native(file))}.lock`);

/** Changes whenever somebody saves the file, in place or by another one that takes its place. */
function stampOf(file: string): string {
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

import { cpSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync, rmSync, statSync, symlinkSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { UserError } from "../../config/errors";
import { shellWord } from "../../config/stores-command";

/** What of an environment's folder can not be made again. */
const precious = ["state", "passphrase"];

/**
 * Moves an environment's folder from where earlier versions kept it, and returns where it is. It goes in one step, and a link stays in
 * its old place: whatever works there meanwhile, an earlier version as well, goes on with the same state. May be called by several
 * processes at once, and ended at any moment.
 */
export function takeAlong(former: string, now: string, rename: typeof renameSync = renameSync): string {
  if (former === now || !isOwnFolder(former)) return now;
  if (existsSync(now)) {
    // Nothing of value, or the original of a copy that was cut off just then.
    if (!holdsState(former) || sameState(former, now)) {
      replaceByLink(former, now);
      return now;
    }
    if (holdsState(now) || !emptied(now)) throw twoStates(former, now);
  }
  mkdirSync(dirname(now), { recursive: true, mode: 0o700 });
  try {
    rename(former, now);
    link(former, now);
    return now;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EXDEV") return copyAlong(former, now);
    if (wasDone(error)) return takeAlong(former, now, rename);
    throw error;
  }
}

/** Another process was faster: nothing is there, or its link, and it is in its new place. */
const wasDone = (error: unknown) => ["ENOENT", "EISDIR", "ENOTEMPTY", "EEXIST"].includes((error as NodeJS.ErrnoException).code ?? "");

/** To another file system, where there is no moving in one step: a copy that is whole takes the place, or none does. */
function copyAlong(former: string, now: string): string {
  const draft = `${now}.${process.pid}.partial`;
  const drafts = readdirSync(dirname(now)).filter((entry) => entry.startsWith(`${basename(now)}.`) && entry.endsWith(".partial"));
  for (const path of drafts.map((entry) => join(dirname(now), entry))) if (isOld(path)) rmSync(path, { recursive: true, force: true });
  try {
    cpSync(former, draft, { recursive: true, preserveTimestamps: true, filter: (path) => path !== join(former, "work") });
    // Somebody works there right now: the next command will find them done.
    if (!sameState(former, draft)) return former;
    renameSync(draft, now);
  } catch (error) {
    if (wasDone(error)) return takeAlong(former, now);
    throw error;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  replaceByLink(former, now);
  return now;
}

/** Left by a run that was killed; no copy takes an hour. */
const isOld = (path: string) => Date.now() - (statSync(path, { throwIfNoEntry: false })?.ctimeMs ?? Date.now()) > 3_600_000;

/** Whether a real folder is there, and not the link that a move leaves. */
const isOwnFolder = (path: string) => lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

function replaceByLink(former: string, now: string): void {
  const aside = `${former}.${process.pid}.old`;
  try {
    renameSync(former, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  link(former, now);
  rmSync(aside, { recursive: true, force: true });
}

/** Takes logs and work folders out of a folder without a state, and that folder away; whatever else is in there is left. */
function emptied(folder: string): boolean {
  for (const part of ["work", "logs"]) rmSync(join(folder, part), { recursive: true, force: true });
  try {
    for (const path of [join(folder, "state"), folder]) if (existsSync(path)) rmdirSync(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOTEMPTY") return false;
    throw error;
  }
}

function link(former: string, now: string): void {
  try {
    symlinkSync(now, former);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

const stacks = join("state", ".pulumi", "stacks");
const holdsState = (folder: string) => existsSync(join(folder, "passphrase")) || existsSync(join(folder, stacks));

/** Files of what can not be made again, relative to the folder. */
const filesOf = (folder: string) =>
  precious.flatMap((part) => {
    const path = join(folder, part);
    if (!existsSync(path)) return [];
    if (!statSync(path).isDirectory()) return [part];
    return (readdirSync(path, { recursive: true }) as string[]).map((file) => join(part, file)).filter((file) => statSync(join(folder, file), { throwIfNoEntry: false })?.isFile());
  }).sort();

function sameState(one: string, other: string): boolean {
  try {
    const [ours, theirs] = [filesOf(one), filesOf(other)];
    return ours.join("\0") === theirs.join("\0") && ours.every((file) => readFileSync(join(one, file)).equals(readFileSync(join(other, file))));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false; // it changes while it is read
    throw error;
  }
}

const twoStates = (former: string, now: string) =>
  new UserError(
    `there are two states of this environment, and they differ: ${former} and ${now}; nothing was done`,
    `An earlier version of Storefleet was used again after the move. Keep the one whose stores you want:\nthe second: mv ${shellWord(former)} ${shellWord(`${former}.unused`)}\nthe first:  mv ${shellWord(now)} ${shellWord(`${now}.unused`)}`,
    "two-states",
  );

import { existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../../config/errors";
import { writeWhole } from "../../machine/os/write-whole";

export interface FileResult {
  file: string;
  /** missing, differs, left: what a look without writing found. left, removed: of a store that is not listed any more. kept: not ours. */
  result: "written" | "unchanged" | "removed" | "kept" | "missing" | "differs" | "left";
}

/**
 * Makes a folder hold these files and none else of ours, or only looks.
 * @param files by name
 * @param mark the first line of ours
 */
export function fillFolder(folder: string, files: Map<string, string>, mark: string, { onlyLook = false } = {}): FileResult[] {
  if (existsSync(folder) && !statSync(folder).isDirectory()) throw new UserError(`${folder} is no folder`, "Name one for --out; it is made where there is none.", "usage");
  const there = new Map(existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".yaml")).map((name) => [name, readFileSync(join(folder, name), "utf8")]) : []);
  const foreign = [...files.keys()].filter((name) => there.get(name)?.startsWith(mark) === false);
  if (foreign.length > 0) {
    throw new UserError(`${foreign.map((name) => join(folder, name)).join(", ")}: there is such a file, and it is not of this export; nothing was written`, "Move it, or name another folder.", "foreign-object");
  }
  const wanted = [...files].map(([file, text]): FileResult => {
    if (there.get(file) === text) return { file, result: "unchanged" };
    if (onlyLook) return { file, result: there.has(file) ? "differs" : "missing" };
    writeWhole(join(folder, file), text);
    return { file, result: "written" };
  });
  const others = [...there].filter(([file]) => !files.has(file)).map(([file, text]): FileResult => {
    if (!text.startsWith(mark)) return { file, result: "kept" };
    if (onlyLook) return { file, result: "left" };
    rmSync(join(folder, file));
    return { file, result: "removed" };
  });
  return [...wanted, ...others].sort((a, b) => (a.file < b.file ? -1 : 1));
}

/** Whether a folder is not as it would be made. */
export const isStale = (results: FileResult[]): boolean => results.some(({ result }) => ["missing", "differs", "left"].includes(result));

import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import type { ListProblem } from "./errors";

/** Far beyond any real list (1,000 stores need about 0.3 MB), and still parsed in seconds. */
export const maxListBytes = 5_000_000;

type PlacedProblem = Omit<ListProblem, "file">;

const systemErrors: Record<string, [message: string, repair: string]> = {
  ENOENT: ["there is no such file", "create it, or name another with --file"],
  ENOTDIR: ["there is no such file: a part of its path is not a folder", "name another with --file"],
  EACCES: ["this user may not read it", "give read permission, such as with chmod u+r"],
  EPERM: ["this user may not read it", "give read permission, such as with chmod u+r"],
  ELOOP: ["it is a symbolic link that leads in a circle", "replace it by the file"],
};

/** The text of a list, or the one problem that keeps it from being read whole. */
export function readListFile(file: string): { text: string } | { problem: PlacedProblem } {
  const fail = (message: string, repair: string, line = 1, column = 1) => ({ problem: { line, column, path: [], message, repair } });
  let descriptor: number | undefined;
  try {
    // Non-blocking: a named pipe without a writer must not hang the run.
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
    const stat = fstatSync(descriptor);
    if (stat.isDirectory()) return fail("it is a folder, not a file", "name the list inside it");
    if (!stat.isFile()) return fail("it is not a regular file", "write the list to a file and name that");
    if (stat.size >= maxListBytes) {
      return fail(`it is too large: ${(stat.size / 1e6).toFixed(1)} MB`, `keep it below ${maxListBytes / 1e6} MB; is it the right file?`);
    }
    const bytes = readFileSync(descriptor);
    if (bytes.length !== stat.size) return fail("it changed while it was read", "run again once it is written");
    const text = decode(bytes);
    if (typeof text === "string") return { text };
    return fail(text.message, "save the file as plain UTF-8 text", text.line, text.column);
  } catch (error) {
    const [message, repair] = systemErrors[(error as NodeJS.ErrnoException).code ?? ""] ?? [
      `it can not be read: ${(error as Error).message}`,
      "mend that, or name another file with --file",
    ];
    return fail(message, repair);
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** UTF-8 text without NULs, or the place of the first byte that is neither. */
function decode(bytes: Buffer): string | { message: string; line: number; column: number } {
  const strict = new TextDecoder("utf-8", { fatal: true });
  const firstBad = (lines: string[], isBad: (line: string) => number, message: string) => {
    const line = lines.findIndex((content) => isBad(content) >= 0);
    return { message, line: line + 1, column: isBad(lines[line] ?? "") + 1 };
  };
  try {
    const text = strict.decode(bytes);
    return text.includes("\0") ? firstBad(text.split("\n"), (line) => line.indexOf("\0"), "a NUL byte: it is not a text file") : text;
  } catch {
    // Latin-1 keeps every byte apart, so each line can be tried by itself.
    const lines = bytes.toString("latin1").split("\n");
    const isBad = (line: string) => {
      const raw = Buffer.from(line, "latin1");
      const lenient = raw.toString("utf8");
      return Buffer.from(lenient, "utf8").equals(raw) ? -1 : lenient.indexOf("\ufffd");
    };
    return firstBad(lines, isBad, "it is not UTF-8 text");
  }
}

import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Writes a file whole or not at all: whoever reads it meanwhile, or after this process was killed, has the one before. Its folder is made.
 * @param ofUserAlone nobody else may read it, nor look into a folder that is made for it
 */
export function writeWhole(file: string, text: string, { ofUserAlone = false } = {}): void {
  mkdirSync(dirname(file), { recursive: true, ...(ofUserAlone && { mode: 0o700 }) });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, text, ofUserAlone ? { mode: 0o600 } : {});
  renameSync(draft, file);
}

import { isMap, type YAMLMap } from "yaml";
import { contentEnd, pairOf } from "./keys";
import type { KeyChange } from "./merge-patch";
import { lineStart, nextLine } from "./splice";

/** From an offset to another, both in a line that may change. */
export type Touched = [start: number, end: number];

/** Whether every line of a text that may not change is in another, in the same order. Empty lines may go. */
export function keepsOtherLines(text: string, touched: Touched[], changed: string): boolean {
  const ranges = touched.map(([start, end]) => [lineStart(text, start), end] as const);
  const lines = changed.split("\n");
  let at = 0;
  for (let line = 0; line < text.length; line = nextLine(text, line)) {
    const wanted = text.slice(line, nextLine(text, line)).replace(/\n$/, "");
    if (wanted.trim() === "" || ranges.some(([start, end]) => line >= start && line <= end)) continue;
    const isLast = line + wanted.length === text.length;
    // A last line may get or lose its break; a second key moves up to the dash when the first one goes.
    const isWanted = (it: string) => it === wanted || (isLast && it === `${wanted}\r`) || (at === lines.length - 1 && `${it}\r` === wanted) || it.replace(/^ *- +/, "") === wanted.trimStart();
    while (at < lines.length && !isWanted(lines[at]!)) at++;
    if (at++ >= lines.length) return false;
  }
  return true;
}

/** What a change is about: a key with its value, or the whole of what is in braces. */
export function touchedBy(text: string, entry: YAMLMap, { path, value }: KeyChange): Touched[] {
  const found: Touched[] = [];
  let map = entry;
  for (const [depth, key] of path.entries()) {
    if (map.flow) return [...found, [map.range![0], map.range![1]]];
    const pair = pairOf(map, key);
    if (!pair) return found;
    const start = pair.key.range![0];
    if (depth === path.length - 1 || !isMap(pair.value)) return [...found, [start, contentEnd(text, pair.value ?? pair.key)]];
    // The map that loses its last key gets braces behind its own.
    if (value === undefined) found.push([start, start]);
    map = pair.value;
  }
  return found;
}

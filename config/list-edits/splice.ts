// A text is edited by its lines and offsets, and never printed again: what is not replaced here stays as it is, byte by byte.

/** The text with what is from `from` up to `to` replaced. */
export const splice = (text: string, from: number, to: number, inserted = "") => text.slice(0, from) + inserted + text.slice(to);

/** Where the line of an offset starts. */
export const lineStart = (text: string, offset: number) => (offset === 0 ? 0 : text.lastIndexOf("\n", offset - 1) + 1);

/** Behind the break of an offset's line, or the end of the text. */
export function nextLine(text: string, offset: number): number {
  const at = text.indexOf("\n", offset);
  return at < 0 ? text.length : at + 1;
}

/** The end of an offset's line, in front of its break. */
export function lineStop(text: string, offset: number): number {
  const end = nextLine(text, offset);
  return end - (/\r?\n$/.exec(text.slice(Math.max(0, end - 2), end))?.[0].length ?? 0);
}

/** Columns count from 0; a byte order mark takes none. */
export function columnOf(text: string, offset: number): number {
  const start = lineStart(text, offset);
  return offset - start - (start === 0 && text.startsWith("\ufeff") ? 1 : 0);
}

/** What breaks lines near an offset: the break above it, else the first below. */
export function lineBreak(text: string, offset: number): string {
  const above = text.lastIndexOf("\n", offset - 1);
  const at = offset > 0 && above >= 0 ? above : text.indexOf("\n");
  return at > 0 && text[at - 1] === "\r" ? "\r\n" : "\n";
}

/** Adds lines below that of an offset. A text whose last line has no break is left without. */
export function insertBelow(text: string, offset: number, lines: string[]): string {
  const at = nextLine(text, offset);
  const eol = lineBreak(text, at);
  return text[at - 1] === "\n" ? splice(text, at, at, lines.map((line) => line + eol).join("")) : text + lines.map((line) => eol + line).join("");
}

/** Takes whole lines out. Where the last of the text goes and has no break, the one above loses its own. */
export function cutLines(text: string, from: number, to: number): string {
  const open = to === text.length && text[to - 1] !== "\n";
  return splice(text, open ? lineStop(text, Math.max(from - 2, 0)) : from, to);
}

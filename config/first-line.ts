/** First line of a text, cut to `length` characters. */
export function firstLine(text: string, length = 120): string {
  const line = text.split("\n", 1)[0] ?? "";
  return line.length > length ? `${line.slice(0, length - 1)}…` : line;
}

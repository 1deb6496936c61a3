import pc from "picocolors";

/** Plain columns, two spaces apart; the last one may be as long as it likes. */
export function table(head: string[], rows: string[][]): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => (row[column] ?? "").length)));
  const line = (cells: string[], paint: (text: string, column: number) => string) =>
    cells.map((cell, column) => paint(column === cells.length - 1 ? cell : cell.padEnd(widths[column] ?? 0), column)).join("  ").trimEnd();
  return [line(head, (text) => pc.bold(text)), ...rows.map((row) => line(row, colourOf))].join("\n");
}

const colours: Record<string, (text: string) => string> = {
  READY: pc.green, created: pc.green, updated: pc.green, create: pc.green,
  FAILED: pc.red, failed: pc.red, delete: pc.red, deleted: pc.red, cancelled: pc.red,
  PROVISIONING: pc.yellow, DELETING: pc.yellow, update: pc.yellow, orphan: pc.yellow, "not started": pc.yellow,
  unchanged: pc.dim, kept: pc.dim, SUSPENDED: pc.dim, protected: pc.dim,
};

const colourOf = (text: string) => (colours[text.trim()] ?? String)(text);

/** `75` → `1m 15s`; a clock that is ahead of the cluster's makes no negative ages. */
export function duration(seconds: number): string {
  const tenths = Math.max(0, Math.round(seconds * 10) / 10);
  if (tenths < 60) return `${tenths}s`;
  const whole = Math.round(seconds);
  const [days, hours, minutes] = [Math.floor(whole / 86400), Math.floor(whole / 3600) % 24, Math.floor(whole / 60) % 60];
  if (days > 0) return `${days}d ${hours}h`;
  return hours > 0 ? `${hours}h ${minutes}m` : `${minutes}m ${whole % 60}s`;
}

/** First line of a text, cut to `length` characters. */
export function firstLine(text: string, length = 120): string {
  const line = text.split("\n", 1)[0] ?? "";
  return line.length > length ? `${line.slice(0, length - 1)}…` : line;
}

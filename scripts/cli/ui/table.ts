import stringWidth from "string-width";
import { out } from "./colours";

/** Plain columns, two spaces apart; the last one may be as long as it likes. */
export function table(head: string[], rows: string[][]): string {
  const widths = head.map((title, column) => Math.max(...[title, ...rows.map((row) => row[column] ?? "")].map((cell) => stringWidth(cell))));
  const padded = (cell: string, width = 0) => cell + " ".repeat(Math.max(0, width - stringWidth(cell)));
  const line = (cells: string[], paint: (text: string, column: number) => string) =>
    cells.map((cell, column) => paint(column === cells.length - 1 ? cell : padded(cell, widths[column]), column)).join("  ").trimEnd();
  return [line(head, (text) => out.bold(text)), ...rows.map((row) => line(row, colourOf))].join("\n");
}

const colours: Record<string, (text: string) => string> = {
  READY: out.green, created: out.green, updated: out.green, create: out.green,
  FAILED: out.red, failed: out.red, delete: out.red, deleted: out.red, cancelled: out.red,
  PROVISIONING: out.yellow, DELETING: out.yellow, update: out.yellow, upgrade: out.yellow, orphan: out.yellow, "not started": out.yellow,
  unchanged: out.dim, kept: out.dim, SUSPENDED: out.dim, protected: out.dim,
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

/** `2026-11-25T12:00:00Z` */
export const secondsOnly = (time: string | Date) => `${new Date(time).toISOString().slice(0, 19)}Z`;

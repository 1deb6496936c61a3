/** A line of a difference between two texts, with its number in the new one, or in the old one where it is gone. */
export interface Line {
  kind: "same" | "added" | "removed";
  number: number;
  text: string;
}
/** Lines that belong together: what differs, and a little around it. */
export type Hunk = Line[];

/** Lines compared each with each; past it, all of one go and all of the other come. */
const most = 4_000_000;

/** What makes one text of another, line by line. @param around so many lines that stay, on either side */
export function diff(before: string, after: string, around = 3): Hunk[] {
  const [old, now] = [linesOf(before), linesOf(after)];
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start++;
  let end = 0;
  while (end < old.length - start && end < now.length - start && old[old.length - 1 - end] === now[now.length - 1 - end]) end++;
  const all: Line[] = [
    ...now.slice(0, start).map((text, at): Line => ({ kind: "same", number: at + 1, text })),
    ...middle(old.slice(start, old.length - end), now.slice(start, now.length - end), start),
    ...now.slice(now.length - end).map((text, at): Line => ({ kind: "same", number: now.length - end + at + 1, text })),
  ];
  return hunks(all, around);
}

const linesOf = (text: string) => (text === "" ? [] : text.replace(/\r?\n$/, "").split(/\r?\n/));

/** By the longest common subsequence. */
function middle(old: string[], now: string[], offset: number): Line[] {
  const removed = (at: number): Line => ({ kind: "removed", number: offset + at + 1, text: old[at]! });
  const added = (at: number): Line => ({ kind: "added", number: offset + at + 1, text: now[at]! });
  if (old.length * now.length > most) return [...old.map((_, at) => removed(at)), ...now.map((_, at) => added(at))];
  const width = now.length + 1;
  const common = new Uint32Array((old.length + 1) * width);
  for (let a = old.length - 1; a >= 0; a--) {
    for (let b = now.length - 1; b >= 0; b--) {
      common[a * width + b] = old[a] === now[b] ? common[(a + 1) * width + b + 1]! + 1 : Math.max(common[(a + 1) * width + b]!, common[a * width + b + 1]!);
    }
  }
  const lines: Line[] = [];
  for (let [a, b] = [0, 0]; a < old.length || b < now.length; ) {
    if (a < old.length && b < now.length && old[a] === now[b]) {
      lines.push({ kind: "same", number: offset + b + 1, text: now[b]! });
      a++;
      b++;
    } else if (a < old.length && (b === now.length || common[(a + 1) * width + b]! >= common[a * width + b + 1]!)) lines.push(removed(a++));
    else lines.push(added(b++));
  }
  return lines;
}

function hunks(lines: Line[], around: number): Hunk[] {
  const near = new Set<number>();
  lines.forEach(({ kind }, at) => {
    if (kind !== "same") for (let its = Math.max(0, at - around); its <= Math.min(lines.length, at + around); its++) near.add(its);
  });
  const found: Hunk[] = [];
  lines.forEach((line, at) => {
    if (!near.has(at)) return;
    if (found.length === 0 || !near.has(at - 1)) found.push([]);
    found.at(-1)!.push(line);
  });
  return found;
}

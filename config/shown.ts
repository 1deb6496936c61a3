/** Nothing is left that a terminal would act on, or that changes how the rest reads. */
export const escaped = (text: string) => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => `\\u${character.codePointAt(0)!.toString(16).padStart(4, "0")}`);

/** Eighty characters of a text, from a little before `at`; escaped. */
export function cut(text: string, at = 0): string {
  const characters = [...text];
  const start = characters.length > 80 ? Math.max(0, at - 20) : 0;
  return escaped(`${start > 0 ? "…" : ""}${characters.slice(start, start + 80).join("")}${start + 80 < characters.length ? "…" : ""}`);
}

/** The same in quotes. */
export const quoted = (text: string, at = 0) => `"${cut(text, at).replace(/"/g, '\\"')}"`;

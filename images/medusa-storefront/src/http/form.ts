import type { Ctx } from "./context";

/** What a visitor wrote, without the control characters that databases choke on. */
export const plainText = (text: string | undefined): string => (text ?? "").replace(/\p{Cc}+/gu, " ").trim();

/** Values of the form that was sent, by field name; of a missing one, or of a file, the empty string. */
export async function readForm(c: Ctx): Promise<(name: string) => string> {
  const form = await c.req.parseBody();
  return (name) => {
    const value = form[name];
    return typeof value === "string" ? plainText(value) : "";
  };
}

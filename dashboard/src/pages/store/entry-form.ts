/** A merge patch of an entry. */
export type Patch = Record<string, unknown>;

/** What of an entry is changed by the form; the rest by hand. */
export interface Edited {
  title: string;
  plan: string;
  adminEmail: string;
  currency: string;
  country: string;
  protected: boolean;
}

/** @param row what holds where the entry says nothing */
export function editedOf(entry: Record<string, unknown>, row: { plan: string | null; protected: boolean }): Edited {
  const text = (key: string) => (typeof entry[key] === "string" ? entry[key] : "");
  return { title: text("title"), plan: text("plan") || row.plan || "small", adminEmail: text("adminEmail"), currency: text("currency"), country: text("country"), protected: row.protected };
}

/** Only what somebody changed: an emptied field leaves the entry, so that its default holds. */
export function patchOf(before: Edited, now: Edited): Patch {
  const patch: Patch = {};
  for (const key of ["title", "plan", "adminEmail", "currency", "country"] as const) {
    const text = key === "currency" || key === "country" ? now[key].trim().toUpperCase() : now[key].trim();
    if (text !== before[key]) patch[key] = text === "" ? null : text;
  }
  if (now.protected !== before.protected) patch.protected = now.protected;
  return patch;
}

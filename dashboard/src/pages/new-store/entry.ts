import type { Finding } from "../../api/types";

/** What the form holds. */
export interface Filled {
  name: string;
  engine: "woocommerce" | "medusa";
  title: string;
  plan: "small" | "medium" | "large";
  /** One a line, or with commas between. */
  domains: string;
  adminEmail: string;
  currency: string;
  country: string;
  protected: boolean;
}

export const empty: Filled = { name: "", engine: "woocommerce", title: "", plan: "small", domains: "", adminEmail: "", currency: "", country: "", protected: false };

/** An entry of the list, with nothing in it that somebody did not say. */
export function entryOf({ name, engine, title, plan, domains, adminEmail, currency, country, protected: kept }: Filled) {
  const hosts = domains.split(/[\s,]+/).filter(Boolean);
  const said = { title: title.trim(), ...(plan !== "small" && { plan }), adminEmail: adminEmail.trim(), currency: currency.trim().toUpperCase(), country: country.trim().toUpperCase() };
  return {
    name: name.trim(), engine, ...Object.fromEntries(Object.entries(said).filter(([, value]) => value !== "")),
    ...(hosts.length > 0 && { domains: hosts }), ...(kept && { protected: true }),
  };
}

/** What the server found wrong, field by field; under "" what belongs to none of them. */
export function wrongOf(code: string, detail: string, problems: readonly Finding[] | undefined): Partial<Record<keyof Filled | "", string>> {
  if (code === "name-taken") return { name: detail };
  if (!problems || problems.length === 0) return { "": detail };
  const wrong: Partial<Record<keyof Filled | "", string>> = {};
  for (const { path, message, repair } of problems) {
    // `stores, 3, plan` of the list; `body, name` of a request.
    const key = String((path[0] === "stores" ? path[2] : path[0] === "body" ? path[1] : undefined) ?? "");
    const field = key in empty ? (key as keyof Filled) : "";
    wrong[field] ??= [field === "" ? `${path.join(".")} ${message}` : message, repair].filter(Boolean).join(" — ");
  }
  return wrong;
}

export type Money = (amount: number) => string;

/** Prices in the shop's currency, written as the visitor is used to. */
export function moneyFor(locale: string, currency: string): Money {
  const format = new Intl.NumberFormat(locale, { style: "currency", currency });
  return (amount) => format.format(amount);
}

/** The language that the browser asks for first, else English as in the shop's country. */
export function pickLocale(acceptLanguage: string | undefined, country: string): string {
  for (const entry of (acceptLanguage ?? "").split(",", 8)) {
    const tag = entry.split(";")[0]?.trim() ?? "";
    if (/^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}$/i.test(tag) && isSupported(tag)) return tag;
  }
  return `en-${country.toUpperCase()}`;
}

function isSupported(tag: string): boolean {
  try {
    return Intl.NumberFormat.supportedLocalesOf(tag).length > 0;
  } catch {
    return false;
  }
}

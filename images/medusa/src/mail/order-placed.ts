/** What a mail about an order tells. Amounts are in major units of the currency: 19.5 is 19.50 EUR. */
export interface PlacedOrder {
  shop: string;
  number: number;
  /** Lower or upper case. */
  currency: string;
  lines: { title: string; variant?: string; quantity: number; total: number }[];
  subtotal: number;
  shipping: number;
  discount: number;
  tax: number;
  total: number;
  address: string[];
}

export interface Mail {
  subject: string;
  text: string;
  html: string;
}

/** Thanks the customer for an order, in plain text and in HTML. */
export function orderPlacedMail(order: PlacedOrder): Mail {
  const money = moneyOf(order.currency);
  const shop = oneLine(order.shop);
  const lines = order.lines.map(({ title, variant, quantity, total }) => ({
    name: `${quantity} × ${oneLine(title)}${variant ? ` (${oneLine(variant)})` : ""}`,
    amount: money(total),
  }));
  const sums = [
    { name: "Subtotal", amount: money(order.subtotal) },
    { name: "Shipping", amount: money(order.shipping) },
    ...(order.discount ? [{ name: "Discount", amount: `−${money(order.discount)}` }] : []),
    ...(order.tax ? [{ name: "Tax", amount: money(order.tax) }] : []),
  ];
  const total = { name: "Total", amount: money(order.total) };
  const address = order.address.map(oneLine).filter(Boolean);
  const parts = { shop, number: order.number, lines, sums, total, address };
  return { subject: `Your order ${order.number} at ${shop}`, text: asText(parts), html: asHtml(parts) };
}

interface Row {
  name: string;
  amount: string;
}
interface Parts {
  shop: string;
  number: number;
  lines: Row[];
  sums: Row[];
  total: Row;
  address: string[];
}

function asText({ shop, number, lines, sums, total, address }: Parts): string {
  const row = ({ name, amount }: Row) => `${name}: ${amount}`;
  return [
    `Thank you for your order at ${shop}.`,
    "",
    `Order ${number}`,
    "",
    ...lines.map(row),
    "",
    ...[...sums, total].map(row),
    ...(address.length ? ["", "It goes to:", ...address] : []),
    "",
  ].join("\n");
}

// Tables and inline styles, because that is what mail programs show alike.
function asHtml({ shop, number, lines, sums, total, address }: Parts): string {
  const row = ({ name, amount }: Row, style = "") =>
    `<tr><td style="padding:6px 12px 6px 0;${style}">${escape(name)}</td>` +
    `<td style="padding:6px 0;text-align:right;white-space:nowrap;${style}">${escape(amount)}</td></tr>`;
  const rule = '<tr><td colspan="2" style="border-top:1px solid #e2e2e2;padding:0;height:6px"></td></tr>';
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Order ${number}</title></head>
<body style="margin:0;padding:24px 12px;background:#f5f5f4;color:#1c1917;font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,Arial,sans-serif">
<div style="max-width:560px;margin:0 auto;padding:28px;background:#ffffff;border-radius:8px">
<h1 style="margin:0 0 4px;font-size:22px;line-height:1.3">Thank you for your order</h1>
<p style="margin:0 0 20px;color:#57534e">Order ${number} at ${escape(shop)}</p>
<table role="presentation" style="width:100%;border-collapse:collapse">
${lines.map((line) => row(line)).join("\n")}
${rule}
${sums.map((sum) => row(sum, "color:#57534e")).join("\n")}
${row(total, "font-weight:bold")}
</table>
${address.length ? `<p style="margin:20px 0 0"><strong>It goes to</strong><br>${address.map(escape).join("<br>")}</p>` : ""}
</div>
</body></html>
`;
}

function moneyOf(currency: string): (amount: number) => string {
  const format = new Intl.NumberFormat("en", { style: "currency", currency: currency.toUpperCase() });
  return (amount) => format.format(amount);
}

const oneLine = (text: string) => text.replace(/\s+/g, " ").trim();

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const escape = (text: string) => text.replace(/[&<>"']/g, (character) => entities[character] ?? "");

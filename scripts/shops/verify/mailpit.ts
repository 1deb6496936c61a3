import { z } from "zod";
import { UserError } from "../../../config/errors";
import { storesCommand } from "../../../config/stores-command";
import { until } from "../../machine/os/until";
import { oneLine, Site } from "./site";
import type { Skipped } from "./steps";
import type { ShopToVerify } from "./target";

const found = z.object({ messages: z.array(z.object({ Subject: z.string(), To: z.array(z.object({ Address: z.string() })).nullish() })) });

/** How often the mail catcher is asked, in milliseconds. */
const interval = 500;

/** Waits for the e-mail about an order, if it can be read: it names this customer, and the order's number in its subject. Tells what it is. */
export async function orderMail({ mail, access, mailWait }: ShopToVerify, customer: string, number: string, signal: AbortSignal): Promise<string | Skipped> {
  if ("server" in mail) return { skipped: `mail goes to ${mail.server}, and is not looked at` };
  const catcher = new Site(mail.catcher, access);
  const { login } = mail;
  const headers = login && { authorization: `Basic ${Buffer.from(`${login.username}:${login.password}`).toString("base64")}` };
  let subjects: string[] = [];
  const look = async () => {
    const { messages } = await catcher.json(found, 200, "GET", `/api/v1/search?query=${encodeURIComponent(`"${customer}"`)}`, { headers });
    subjects = messages.map(({ Subject }) => Subject);
    return messages.find(({ Subject }) => Subject.split(/[^\p{L}\p{N}-]+/u).includes(number));
  };
  const sent = await until(look, { within: mailWait, every: interval, signal });
  if (!sent) throw missing(catcher, subjects, number, mailWait);
  return `"${oneLine(sent.Subject, 80)}" to ${oneLine((sent.To ?? []).map(({ Address }) => Address).join(", "), 80)}`;
}

function missing({ url }: Site, subjects: string[], number: string, wait: number): UserError {
  const within = `within ${wait / 1000} s`;
  if (subjects.length > 0) return new UserError(`${url} has no e-mail with ${number} in its subject ${within}, only: ${oneLine(subjects.join("; "))}`);
  return new UserError(`${url} has no e-mail about order ${number} ${within}`, `What the shop says about sending it: ${storesCommand("logs NAME")}`);
}

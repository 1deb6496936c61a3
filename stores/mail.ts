import { isIP } from "node:net";
import type { MailServer } from "../components/network-isolation";
import { inRanges, isPrivate } from "../components/network-isolation/addresses";
import { mailCatcher, type EnvironmentSettings } from "../config/environment";
import { mailCatcherPodLabels } from "../components/mail-catcher/labels";

/** The range of one address alone. */
export const rangeOf = (address: string) => `${address}/${isIP(address) === 6 ? 128 : 32}`;

/** Where the pods may send mail: to the environment's catcher, or to a server outside. */
export function mailOf(settings: Pick<EnvironmentSettings, "mailCatcher" | "smtp">): MailServer {
  if (settings.mailCatcher) return { namespace: mailCatcher.namespace, labels: mailCatcherPodLabels, port: mailCatcher.smtpPort };
  const { host, port, cidrs } = settings.smtp;
  return { port, cidrs: cidrs ?? (isIP(host) === 0 ? undefined : [rangeOf(host)]) };
}

/** Which of a mail server's addresses the pods may not connect to. */
export function unreachableMail(settings: Pick<EnvironmentSettings, "mailCatcher" | "smtp">, addresses: string[]): string[] {
  const { namespace, cidrs } = mailOf(settings);
  if (namespace !== undefined) return [];
  return addresses.filter((address) => (cidrs ? !inRanges(address, cidrs) : isPrivate(address)));
}

import { AbstractNotificationProviderService } from "@medusajs/framework/utils";
import type { ProviderSendNotificationDTO, ProviderSendNotificationResultsDTO } from "@medusajs/framework/types";
import { createTransport, type Transporter } from "nodemailer";

import type { SmtpOptions } from "./options";

/** A server that does not answer holds a mail up for these milliseconds, each time it is tried. */
const patience = 10_000;

/** Sends the mails of the channel "email": their subject, text and HTML come ready made with the notification. */
export class SmtpNotificationProvider extends AbstractNotificationProviderService {
  static identifier = "smtp";
  private readonly transport?: Transporter;
  private readonly address?: string;

  constructor(_container: unknown, { smtp }: { smtp?: SmtpOptions }) {
    super();
    if (!smtp) return;
    const { host, port, secure, requireTLS, auth, from } = smtp;
    this.address = from;
    this.transport = createTransport({
      host,
      port,
      secure,
      requireTLS,
      auth,
      // Where TLS is not demanded, a certificate that nobody signed still beats plain text.
      tls: { rejectUnauthorized: secure || requireTLS },
      connectionTimeout: patience,
      greetingTimeout: patience,
      socketTimeout: patience,
      // What a mail holds comes from shoppers in part: it never makes this process read a file or an address.
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  }

  async send({ to, from, content }: ProviderSendNotificationDTO): Promise<ProviderSendNotificationResultsDTO> {
    if (!this.transport || !this.address) throw new Error("no mail server is set: SMTP_HOST is empty");
    const name = from?.replace(/\s+/g, " ").trim();
    const sent = await this.transport.sendMail({
      from: name ? { name, address: this.address } : this.address,
      to: { name: "", address: to },
      subject: content?.subject,
      text: content?.text,
      html: content?.html,
    });
    return { id: sent.messageId };
  }
}

export interface SmtpOptions {
  host: string;
  port: number;
  /** TLS from the first byte. */
  secure: boolean;
  /** Refuse to go on without STARTTLS. */
  requireTLS: boolean;
  /** Address of the sender. */
  from: string;
  auth?: { user: string; pass: string };
}

/** The SMTP_* variables; undefined where no server is set, and the shop sends no mail. */
export function smtpOptions(env: NodeJS.ProcessEnv): SmtpOptions | undefined {
  const host = env.SMTP_HOST;
  if (!host) return undefined;
  const port = Number(env.SMTP_PORT ?? 587);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new Error(`SMTP_PORT is "${env.SMTP_PORT}": set it to a port, such as 587`);
  }
  if (!env.SMTP_FROM) throw new Error("the variable SMTP_FROM is missing: set it to the sender's address");
  return {
    host,
    port,
    secure: port === 465,
    requireTLS: port === 587,
    from: env.SMTP_FROM,
    ...(env.SMTP_USERNAME && { auth: { user: env.SMTP_USERNAME, pass: env.SMTP_PASSWORD ?? "" } }),
  };
}

import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Token, TokenStore } from "./tokens";

const minute = 60_000;
const idle = 30 * minute;
const longest = 8 * 60 * minute;

/** What a cookie says, signed. */
interface Signed {
  session: string;
  token: string;
  issued: number;
  seen: number;
}

/** A session as a cookie carries it: nothing is kept of it here, but which ones were ended. It holds no longer than its token. */
export class Sessions {
  private readonly ended = new Map<string, number>();

  /** @param key of this run: its cookies end with it */
  constructor(
    private readonly tokens: TokenStore,
    private readonly now: () => number = Date.now,
    private readonly key: Buffer = randomBytes(32),
  ) {}

  /** A `Set-Cookie` for a new session. @param secure behind TLS */
  begin({ id }: Token, secure: boolean): string {
    const now = this.now();
    return this.cookie({ session: randomBytes(16).toString("base64url"), token: id, issued: now, seen: now }, secure);
  }

  /** The token behind a request's cookies, with the `Set-Cookie` that keeps the session from going idle where that is due. */
  async find(cookies: string | undefined, secure: boolean): Promise<{ token: Token; cookie?: string } | undefined> {
    const signed = this.read(cookies, secure);
    const now = this.now();
    if (!signed || now - signed.seen > idle || now - signed.issued > longest || this.ended.has(signed.session)) return undefined;
    const token = await this.tokens.find(signed.token);
    if (!token || now >= token.expires) return undefined;
    return { token, ...(now - signed.seen > minute && { cookie: this.cookie({ ...signed, seen: now }, secure) }) };
  }

  /** Ends the session of a request; the `Set-Cookie` that takes it from the browser. */
  end(cookies: string | undefined, secure: boolean): string {
    const now = this.now();
    for (const [session, until] of this.ended) if (until < now) this.ended.delete(session);
    const signed = this.read(cookies, secure);
    if (signed) this.ended.set(signed.session, signed.issued + longest);
    return `${cookieName(secure)}=; ${attributes(secure)}; Max-Age=0`;
  }

  private cookie(signed: Signed, secure: boolean): string {
    const text = Buffer.from(JSON.stringify(signed)).toString("base64url");
    return `${cookieName(secure)}=${text}.${this.mac(text).toString("base64url")}; ${attributes(secure)}`;
  }

  private read(cookies = "", secure: boolean): Signed | undefined {
    const name = cookieName(secure);
    const found = cookies.split(/; */).find((it) => it.startsWith(`${name}=`))?.slice(name.length + 1);
    const [text = "", mac = ""] = found?.split(".") ?? [];
    const [given, own] = [Buffer.from(mac, "base64url"), this.mac(text)];
    if (given.length !== own.length || !timingSafeEqual(given, own)) return undefined;
    return JSON.parse(Buffer.from(text, "base64url").toString()) as Signed;
  }

  private mac(text: string): Buffer {
    return createHmac("sha256", this.key).update(text).digest();
  }
}

/** Browsers do not take a `__Host-` cookie over plain http, everywhere the same. */
const cookieName = (secure: boolean) => (secure ? "__Host-storefleet" : "storefleet");
const attributes = (secure: boolean) => `Path=/; HttpOnly; SameSite=Strict${secure ? "; Secure" : ""}`;

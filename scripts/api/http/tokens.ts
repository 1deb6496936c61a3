import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { ApiScope } from "./scopes";

/** A token as it is kept: of its secret the digest alone. */
export interface Token {
  id: string;
  name: string;
  scopes: readonly ApiScope[];
  /** SHA-256 of the secret. */
  digest: Buffer;
  /** Milliseconds since 1970. */
  expires: number;
}

/** Where tokens are looked up. */
export interface TokenStore {
  find(id: string): Promise<Token | undefined>;
}

const digestOf = (secret: string) => createHash("sha256").update(secret).digest();

/** A new token, and its text `sf_<id>_<secret>`, which is nowhere else: 256 bits that nobody guesses. @param lifetime milliseconds */
export function newToken(name: string, scopes: readonly ApiScope[], lifetime: number, now = Date.now()): { token: Token; text: string } {
  const [id, secret] = [randomBytes(6).toString("hex"), randomBytes(32).toString("base64url")];
  return { token: { id, name, scopes, digest: digestOf(secret), expires: now + lifetime }, text: `sf_${id}_${secret}` };
}

/** Tokens that end with this process. */
export const tokensInMemory = (tokens: Token[]): TokenStore => ({ find: async (id) => tokens.find((it) => it.id === id) });

/** The token that a text stands for; undefined where it is none, is not known, or has expired. */
export async function tokenOf(store: TokenStore, text: string, now = Date.now()): Promise<Token | undefined> {
  const [, id = "", secret = ""] = /^sf_([0-9a-f]{12})_([\w-]{43})$/.exec(text) ?? [];
  if (!id) return undefined;
  const token = await store.find(id);
  if (!token || !timingSafeEqual(digestOf(secret), token.digest)) return undefined;
  return now < token.expires ? token : undefined;
}

import { timingSafeEqual } from "node:crypto";
import { digestOfSecret, type Token } from "../../operations/tokens";

export { newToken, type Token } from "../../operations/tokens";

/** Where tokens are looked up. */
export interface TokenStore {
  find(id: string): Promise<Token | undefined>;
}

/** Tokens that end with this process. */
export const tokensInMemory = (tokens: Token[]): TokenStore => ({ find: async (id) => tokens.find((it) => it.id === id) });

/** The first that knows a token. */
export const anyOf = (...stores: TokenStore[]): TokenStore => ({
  async find(id) {
    for (const store of stores) {
      const found = await store.find(id);
      if (found) return found;
    }
    return undefined;
  },
});

/** The token that a text stands for; undefined where it is none, is not known, or has expired. */
export async function tokenOf(store: TokenStore, text: string, now = Date.now()): Promise<Token | undefined> {
  const [, id = "", secret = ""] = /^sf_([0-9a-f]{12})_([\w-]{43})$/.exec(text) ?? [];
  if (!id) return undefined;
  const token = await store.find(id);
  if (!token || !timingSafeEqual(digestOfSecret(secret), token.digest)) return undefined;
  return now < token.expires ? token : undefined;
}

import { createHash, randomBytes } from "node:crypto";
import { z } from "zod";
import { UserError } from "../../config/errors";
import { storesCommand } from "../../config/stores-command";
import { control, labelsOfRecord } from "../../infra/control";
import { isConflict, KubeError, secretText, type KubeObject } from "../../kube";
import { openSession, type Session } from "../engine/session";
import { withoutPlace } from "./records/audit";
import { jsonOf } from "./records/json";
import { noteDown } from "./records/of-stores";
import { whoAsks } from "./records/operation";
import type { Scope } from "./scope";
import { scopes, type ApiScope } from "./token-scopes";

const collection = `/api/v1/namespaces/${control.namespace}/secrets`;
const secretName = "storefleet-tokens";
const path = `${collection}/${secretName}`;

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

/** A token as it is told of. */
export interface KnownToken {
  id: string;
  name: string;
  scopes: readonly ApiScope[];
  /** ISO 8601. */
  createdAt: string;
  expiresAt: string;
  createdBy: string;
}

const kept = z.strictObject({
  name: z.string(), scopes: z.array(z.enum(scopes)), digest: z.string().regex(/^[0-9a-f]{64}$/), createdAt: z.iso.datetime(), expiresAt: z.iso.datetime(), createdBy: z.string(),
});

export const digestOfSecret = (secret: string): Buffer => createHash("sha256").update(secret).digest();

/** A new token, and its text `sf_<id>_<secret>`, which is nowhere else: 256 bits that nobody guesses. @param lifetime milliseconds */
export function newToken(name: string, allowed: readonly ApiScope[], lifetime: number, now = Date.now()): { token: Token; text: string } {
  const [id, secret] = [randomBytes(6).toString("hex"), randomBytes(32).toString("base64url")];
  return { token: { id, name, scopes: allowed, digest: digestOfSecret(secret), expires: now + lifetime }, text: `sf_${id}_${secret}` };
}

/** Seconds that a token may last. */
export const longestLife = 365 * 24 * 3600;

/**
 * Makes a token that every process of the API takes, until it expires or is revoked. Whoever may write Secrets beside the records may do so.
 * @param lifetime seconds
 * @returns its text, which nobody can read again
 */
export async function createToken(scope: Scope, { name, scopes: allowed, lifetime }: { name: string; scopes: readonly ApiScope[]; lifetime: number }, opened?: Session): Promise<KnownToken & { token: string }> {
  if (!/^[\w][\w.@ -]{0,62}$/.test(name)) throw new UserError(`"${name}" is no name of a token`, "Letters, digits, spaces and . _ @ - : whom or what it is for.", "usage");
  if (lifetime > longestLife) throw new UserError("a token lasts a year at most", "Such as: --expires 90d", "usage");
  const session = opened ?? (await openSession(scope));
  const { kube } = session;
  const { token, text } = newToken(name, allowed, lifetime * 1000, kube.now());
  const { actor } = await whoAsks(session);
  const told = { name, scopes: [...allowed], createdAt: iso(kube.now()), expiresAt: iso(token.expires), createdBy: `${actor.person}@${actor.host}` };
  await noteDown(session, { action: "token.created", reason: `${token.id}, "${name}": ${allowed.join(", ")}` });
  const data = { [token.id]: Buffer.from(JSON.stringify({ ...told, digest: token.digest.toString("hex") })).toString("base64") };
  if (!(await kube.merge(path, { data }))) {
    await kube.create(collection, { apiVersion: "v1", kind: "Secret", metadata: { name: secretName, labels: labelsOfRecord("tokens", scope.env) }, data }).catch(async (error) => {
      if (!isConflict(error)) throw withoutPlace(error);
      await kube.merge(path, { data });
    });
  }
  return { id: token.id, ...told, token: text };
}

/** Those that there are, expired ones among them, the newest first. */
export async function listTokens(scope: Scope, opened?: Session): Promise<KnownToken[]> {
  const { kube } = opened ?? (await openSession(scope));
  return entriesIn(await kube.get(path)).map(({ digest: _, ...told }) => told).sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
}

/** Takes a token away; whoever has a session by it is out within seconds. */
export async function revokeToken(scope: Scope, id: string, opened?: Session): Promise<KnownToken> {
  const session = opened ?? (await openSession(scope));
  const found = (await listTokens(scope, session)).find((it) => it.id === id);
  if (!found) throw new UserError(`there is no token "${id}"`, `Those that there are: ${storesCommand("token list")}`, "usage");
  await noteDown(session, { action: "token.revoked", reason: `${id}, "${found.name}"` });
  await session.kube.merge(path, { data: { [id]: null } });
  return found;
}

/** Milliseconds for which what was read is good, and for which it has to do where the cluster does not answer. */
const goodFor = 10_000;
const doesFor = 60_000;

/**
 * Finds tokens of the cluster for a process of the API. An account that may not read them has none.
 * @param say told once that it may not
 */
export function tokensOfCluster({ kube }: Pick<Session, "kube">, say: (text: string) => void, now: () => number = Date.now): { find(id: string): Promise<Token | undefined> } {
  let last: { at: number; tokens: Map<string, Token> } | undefined;
  let reading: Promise<void> | undefined;
  let told = false;
  const read = async () => {
    try {
      const tokens = entriesIn(await kube.get(path)).map(({ id, name, scopes: allowed, digest, expiresAt }): Token => ({ id, name, scopes: allowed, digest: Buffer.from(digest, "hex"), expires: Date.parse(expiresAt) }));
      last = { at: now(), tokens: new Map(tokens.map((it) => [it.id, it])) };
    } catch (error) {
      if (error instanceof KubeError && error.status === 403) {
        if (!told) say("note: this account may not read the cluster's tokens, so only that of this run counts");
        told = true;
        last = { at: now(), tokens: new Map() };
      } else if (!last || now() - last.at > doesFor) throw error;
    }
  };
  return {
    async find(id) {
      if (!last || now() - last.at > goodFor) await (reading ??= read().finally(() => (reading = undefined)));
      return last?.tokens.get(id);
    },
  };
}

function entriesIn(secret: KubeObject | undefined): (KnownToken & { digest: string })[] {
  if (!secret) return [];
  return Object.keys(secret.data ?? {}).flatMap((id) => {
    const entry = kept.safeParse(jsonOf(secretText(secret, id)));
    return entry.success ? [{ id, ...entry.data }] : [];
  });
}

const iso = (time: number) => new Date(time).toISOString();

import { z } from "zod";
import type { Api } from "../api";
import { nobody, requireScope, stranger, type Caller } from "./caller";
import { requireOwnSite } from "./place";
import { Problem } from "./problem";
import type { Route } from "./route";
import { tokenOf } from "./tokens";

const challenge = { "www-authenticate": 'Bearer realm="storefleet"' };

/**
 * The one place where it is decided who may ask for what: by a token in the header Authorization, or by a session's cookie.
 * @returns with a cookie that the answer has to set, where the session's is due
 */
export async function authorise({ scope, method, query }: Route, request: Request, api: Api, { origin, address }: { origin: string; address: string }): Promise<{ caller: Caller; cookie?: string }> {
  // Addresses are written down everywhere: histories, logs, referrers.
  if (/[?&](access_)?token=|[?&][^=&]*=sf_[0-9a-f]{12}_/.test(request.url)) throw new Problem("malformed", "a token does not belong into an address; this one is known to others now", { denied: stranger, hint: "Send it in the header: Authorization: Bearer TOKEN" });
  const guarded = method !== "get" || scope === "credentials";
  if (scope === "none") {
    if (guarded) requireOwnSite(request, origin, nobody(address));
    return { caller: nobody(address) };
  }
  const { caller, cookie } = await callerOf(request, api, origin, address);
  if (guarded) requireOwnSite(request, origin, caller);
  if (scope !== "any") requireScope(caller, scope);
  if (guarded) api.limits[scope === "credentials" ? "credentials" : isTrial(query, request) ? "trials" : "writes"].count(caller.id);
  return { caller, cookie };
}

/** Of what changes nothing there may be more: a form asks while it is typed. */
const isTrial = (query: Route["query"], request: Request) => query instanceof z.ZodObject && "dryRun" in query.shape && new URL(request.url).searchParams.get("dryRun") === "true";

async function callerOf(request: Request, api: Api, origin: string, address: string): Promise<{ caller: Caller; cookie?: string }> {
  const header = request.headers.get("authorization");
  if (header !== null) {
    const [, text = ""] = /^Bearer +(\S+)$/i.exec(header) ?? [];
    const { id, name, scopes } = await signIn(api, text, address);
    return { caller: { id, name, scopes, by: "token", address } };
  }
  const found = await api.sessions.find(request.headers.get("cookie") ?? undefined, isSecure(origin));
  if (!found) throw new Problem("not-signed-in", "this takes a token, or a session that has not ended", { headers: challenge, hint: "Send one: Authorization: Bearer TOKEN" });
  const { id, name, scopes } = found.token;
  return { caller: { id, name, scopes, by: "cookie", address }, cookie: found.cookie };
}

/** The token that a text stands for. Whoever tries many gets a 429; the right one is let in all the same, as nobody finds it by trying. */
export async function signIn(api: Api, text: string, address: string) {
  const token = await tokenOf(api.tokens, text, api.now());
  if (token) return token;
  throw api.limits.logins.exceeded(address, { denied: stranger }) ?? new Problem("not-signed-in", "the token is wrong, was revoked or has expired", { denied: stranger, headers: challenge });
}

export const isSecure = (origin: string) => origin.startsWith("https:");

import { z } from "zod";
import { session } from "../contract";
import { isSecure, signIn } from "../http/authorise";
import { nothing, reply, route } from "../http/route";

export const sessionRoutes = [
  route({
    method: "post", path: "/api/v1/session", scope: "none",
    summary: "Begins a session: a cookie in place of a token",
    description: "For browsers. What changes something, and credentials, then take the header `X-Storefleet: 1` besides, and come from a page of this server.",
    body: z.strictObject({ token: z.string().max(200) }),
    answers: { 204: nothing },
    async handler({ body, caller, origin }, api) {
      const token = await signIn(api, body.token, caller.address);
      // Nobody waits for it: what is done by the session is entered before it is done.
      api.note({ action: "session.created", outcome: "accepted", reason: `by token ${token.id}` }, { name: token.name, address: caller.address }).catch((error: Error) => api.report(`note: a session is not in the audit trail: ${error.message}`));
      return reply(204, undefined, { headers: { "set-cookie": api.sessions.begin(token, isSecure(origin)) } });
    },
  }),
  route({
    method: "get", path: "/api/v1/session", scope: "any",
    summary: "Who asks, and what that may do",
    answers: { 200: session },
    async handler({ caller: { id, name, scopes } }, { tokens, env }) {
      const expires = (await tokens.find(id))?.expires ?? 0;
      return reply(200, { name, scopes: [...scopes], env, expiresAt: new Date(expires).toISOString() });
    },
  }),
  route({
    method: "delete", path: "/api/v1/session", scope: "any",
    summary: "Ends a session",
    answers: { 204: nothing },
    handler: ({ header, origin }, { sessions }) => reply(204, undefined, { headers: { "set-cookie": sessions.end(header("cookie"), isSecure(origin)) } }),
  }),
];

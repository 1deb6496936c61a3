import type { components, paths } from "./schema";

/** What the API answers, under the names of its description. */
export type Store = components["schemas"]["Store"];
export type Operation = components["schemas"]["Operation"];
export type Health = components["schemas"]["Health"];
export type AuditEntry = components["schemas"]["AuditEntry"];
export type Problem = components["schemas"]["Problem"];
export type Finding = NonNullable<Problem["problems"]>[number];

type Answer<P extends keyof paths> = paths[P] extends { get: { responses: { 200: { content: { "application/json": infer T } } } } } ? T : never;
export type Session = Answer<"/api/v1/session">;
export type Scope = Session["scopes"][number];
export type Pending = Answer<"/api/v1/pending">["stores"][number];
export type Planned = Answer<"/api/v1/operations/{id}/plan">["stores"][number];
export type Entry = NonNullable<Answer<"/api/v1/stores/{id}">["entry"]>;

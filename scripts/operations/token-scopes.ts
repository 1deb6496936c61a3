/** What a token may be allowed. Nothing follows from another: who may write may not read credentials. */
export const scopes = ["read", "write", "delete", "credentials", "audit", "metrics"] as const;
export type ApiScope = (typeof scopes)[number];

/** Scopes that are given together. */
export const presets = {
  viewer: ["read", "metrics"],
  operator: ["read", "write", "delete", "metrics"],
  admin: scopes,
} as const satisfies Record<string, readonly ApiScope[]>;

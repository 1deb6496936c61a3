/** The Secrets of an engine's shop, and the keys that its chart reads in each. A Secret from outside has to have them; it may have more. */
export const secretKeys = {
  woocommerce: {
    admin: ["username", "email", "password"],
    database: ["password", "root-password"],
    salts: ["auth-key", "auth-salt", "secure-auth-key", "secure-auth-salt", "logged-in-key", "logged-in-salt", "nonce-key", "nonce-salt"],
  },
  medusa: {
    admin: ["password"],
    database: ["password", "postgres-password"],
    redis: ["password"],
    app: ["jwt-secret", "cookie-secret"],
  },
} as const;

export const secretKinds = ["admin", "database", "salts", "redis", "app"] as const;
export type SecretKind = (typeof secretKinds)[number];

/** The keys of one kind; undefined where the engine's shop has no such Secret. */
export const keysOf = (engine: keyof typeof secretKeys, kind: SecretKind): readonly string[] | undefined => (secretKeys[engine] as Partial<Record<SecretKind, readonly string[]>>)[kind];

/** The kinds of Secrets that an engine's shop has. */
export const kindsOf = (engine: keyof typeof secretKeys) => secretKinds.filter((kind) => keysOf(engine, kind));

/** Medusa reads these as parts of an address. */
export const isInAddress = (engine: keyof typeof secretKeys, kind: SecretKind, key: string) => engine === "medusa" && (kind === "database" || kind === "redis") && key === "password";

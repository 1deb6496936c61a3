/** Where the storefront runs. It names no shop but by address and key: all else comes from the backend. */
export interface Environment {
  /** The Medusa server, as seen from here. */
  backendUrl: string;
  /** With it the store API knows which shop's visitors ask. No secret, yet never logged. */
  publishableKey: string;
  /** The shop's own address, as browsers see it. */
  publicUrl: URL;
  hostname: string;
  port: number;
}

export function readEnvironment(env: Record<string, string | undefined>): Environment {
  const port = env.PORT || "8000";
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) throw new Error(`PORT is "${port}", which is no port — use a number from 0 to 65535`);
  return {
    backendUrl: address(env, "MEDUSA_BACKEND_URL", "http://medusa-server:9000").href,
    publishableKey: key(env, "MEDUSA_PUBLISHABLE_KEY"),
    publicUrl: address(env, "STOREFRONT_URL", "https://shop.example.com"),
    hostname: env.HOSTNAME || "127.0.0.1",
    port: Number(port),
  };
}

function address(env: Record<string, string | undefined>, name: string, example: string): URL {
  const value = env[name];
  if (!value) throw new Error(`${name} is missing — set it to an address such as ${example}`);
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) throw new Error(`${name} is "${value}", which is no web address — write it like ${example}`);
  return url;
}

function key(env: Record<string, string | undefined>, name: string): string {
  const value = env[name]?.trim();
  const mend = "set it to the token of a publishable key of the shop, which starts with pk_";
  if (!value) throw new Error(`${name} is missing — ${mend}`);
  if (!/^pk_[\x21-\x7e]+$/.test(value)) throw new Error(`${name} is no publishable key — ${mend}`);
  return value;
}

import { BlockList, isIP } from "node:net";
import { variables, type Variables } from "./variables";

/**
 * The proxy that the environment wants for a URL, as Go's programs (kubectl, helm, pulumi) read HTTPS_PROXY, HTTP_PROXY
 * and NO_PROXY: address ranges in NO_PROXY count, and this machine is never reached through a proxy.
 */
export function proxyFor(url: string, { HTTP_PROXY, HTTPS_PROXY, NO_PROXY = "" }: Variables = variables): string | undefined {
  const { protocol, hostname, port } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, "").toLowerCase();
  const proxy = protocol === "http:" ? HTTP_PROXY : HTTPS_PROXY;
  if (!proxy || host === "localhost" || loopback.check(host, familyOf(host))) return undefined;
  const own = port || (protocol === "http:" ? "80" : "443");
  const excepted = NO_PROXY.split(",").map((entry) => entry.trim().toLowerCase()).filter(Boolean);
  return excepted.some((entry) => isExcepted(entry, host, own)) ? undefined : proxy;
}

const familyOf = (host: string) => (isIP(host) === 6 ? "ipv6" : "ipv4");

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

/** `*`, `10.0.0.0/8`, `10.1.2.3:6443`, `example.com` (and all below it) or `.example.com` (only what is below). */
function isExcepted(entry: string, host: string, port: string): boolean {
  if (entry === "*") return true;
  const [, bare = entry, wanted] = (isIP(entry) ? undefined : /^\[?([^\]]*?)\]?(?::(\d+))?$/.exec(entry)) ?? [];
  if (wanted !== undefined && wanted !== port) return false;
  if (isIP(host)) {
    const [address = "", bits] = bare.split("/");
    if (!isIP(address)) return false;
    const range = new BlockList();
    range.addSubnet(address, Number(bits ?? (isIP(address) === 6 ? 128 : 32)), familyOf(address));
    return range.check(host, familyOf(host));
  }
  const name = bare.replace(/^\*\./, ".");
  return name.startsWith(".") ? host.endsWith(name) : host === name || host.endsWith(`.${name}`);
}

import type { IncomingMessage, ServerResponse } from "node:http";

/**
 * As the storefront has it: a shop on https answers nothing without it. Probes and whoever else comes past the proxy are not sent on.
 * @param publicUrl the shop's address, as browsers see it
 */
export function onlyHttps(publicUrl: string) {
  const { protocol: own, port } = URL.canParse(publicUrl) ? new URL(publicUrl) : { protocol: "", port: "" };
  return async (handle: () => Promise<void>, request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const protocol = String(request.headers["x-forwarded-proto"] ?? "").split(",")[0]!.trim();
    const host = /^[a-z0-9.-]+/i.exec(request.headers.host ?? "")?.[0];
    if (own !== "https:" || protocol !== "http" || !host || request.url?.startsWith("/.well-known/acme-challenge/")) return handle();
    response.writeHead(308, { location: `https://${host}${port && `:${port}`}${request.url}` }).end();
  };
}

/** Ports at which browsers reach the ingress. */
export interface IngressPorts {
  http: number;
  https: number;
}

export const standardPorts: IngressPorts = { http: 80, https: 443 };

/** The port to write into addresses: undefined where it is the scheme's own. */
export function portIn(tls: boolean, ports: IngressPorts = standardPorts): number | undefined {
  const scheme = tls ? "https" : "http";
  return ports[scheme] === standardPorts[scheme] ? undefined : ports[scheme];
}

/** Where a host answers; the one place that puts an address together, besides the charts. */
export function urlOf(host: string, tls: boolean, ports?: IngressPorts): string {
  const port = portIn(tls, ports);
  return `${tls ? "https" : "http"}://${host}${port === undefined ? "" : `:${port}`}`;
}

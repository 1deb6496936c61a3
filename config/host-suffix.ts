/** Names that lead to this machine without anybody's doing, and those of services that answer with the address in the name. */
const ownNames = /\.(localhost|localtest\.me|lvh\.me)$/i;
const addressInName = /[.-](\d{1,3}([.-]\d{1,3}){3})\.(nip|sslip)\.io$/i;

/** The address that a host, or a suffix of hosts, leads to by itself; undefined where a DNS record says. */
export function addressIn(host: string): string | undefined {
  if (ownNames.test(host)) return "127.0.0.1";
  return addressInName.exec(host)?.[1]?.replaceAll("-", ".");
}

/** Whether hosts of this suffix lead to the reader's own machine. */
export const leadsHere = (host: string): boolean => addressIn(host)?.startsWith("127.") ?? false;

/** Whether browsers find such a host without asking anybody. */
export const knownToBrowsers = (host: string): boolean => /\.localhost$/i.test(host);

import { BlockList, isIP } from "node:net";

/** Never reached as "external": private networks, carrier NAT, link-local addresses with the cloud's metadata service. */
const privateRanges = [
  "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16",
  "fc00::/7", "fe80::/10",
];

/** All addresses but the private ones and `exceptions`, as the IP blocks of a NetworkPolicy. */
export function publicAddresses(exceptions: readonly string[]): { cidr: string; except: string[] }[] {
  const all = [...new Set([...privateRanges, ...exceptions])];
  return [
    { cidr: "0.0.0.0/0", except: all.filter((cidr) => !cidr.includes(":")) },
    { cidr: "::/0", except: all.filter((cidr) => cidr.includes(":")) },
  ];
}

/** Whether one of these ranges holds an address. */
export function inRanges(address: string, ranges: readonly string[]): boolean {
  const family = (text: string) => (isIP(text) === 6 ? "ipv6" : "ipv4");
  const list = new BlockList();
  for (const range of ranges) {
    const [net = "", bits] = range.split("/");
    list.addSubnet(net, Number(bits), family(net));
  }
  return list.check(address, family(address));
}

/** Whether an address is one that "external" leaves out. */
export const isPrivate = (address: string) => inRanges(address, privateRanges);

import { hostOf, type EnvironmentName } from "../../config/names";
import { storesCommand } from "../../config/stores-command";
import { hostCertificate, type Certificate } from "./certificates";
import { mendSeparator } from "./finding";
import { isHeldBy, takenFrom, wantedHosts, type HostHolder } from "./hosts";

/** A host of a store, with all that has to be right before somebody finds the shop there. */
export interface StoreDomain {
  host: string;
  /** The address that the environment gives it; false: one of its own domains. */
  generated: boolean;
  /** What DNS answers for it where this is asked from. */
  addresses: string[];
  /** unknown: nobody can say where the environment's requests come in. */
  leads: "here" | "elsewhere" | "nowhere" | "unknown";
  /** Whether the cluster hands its requests to the store. */
  served: boolean;
  /** When its certificate ends, ISO 8601; null where there is none, or the store is not on https. */
  certificateUntil: string | null;
  /** What is wrong first, and how to mend that; null: nothing. */
  problem: string | null;
}

/** What a look at a store's hosts takes. */
interface Ground {
  env: EnvironmentName;
  name: string;
  namespace: string;
  hostSuffix: string;
  /** Of a listed store, its own domains; undefined: it is not listed. */
  listed: (store: string) => string[] | undefined;
  holders: HostHolder[];
  /** undefined: it is not on https, or nobody may look. */
  certificates: Certificate[] | undefined;
  /** By host: what DNS answers. */
  found: Map<string, string[]>;
}

/** The hosts that a store is to have or has: the generated one, those of its entry, and those it still holds. */
export function hostsOf({ env, name, hostSuffix, listed, holders }: Omit<Ground, "found" | "certificates" | "namespace">): string[] {
  const held = holders.filter((holder) => isHeldBy(env, name, holder)).map(({ host }) => host);
  return [...new Set([...wantedHosts(env, { name, domains: listed(name) ?? [] }, hostSuffix), ...held])];
}

/** Where the requests of a store come in: what its Ingresses say, and where its generated host leads. */
function entrancesOf({ env, name, hostSuffix, holders, found }: Ground): string[] {
  const said = holders.filter((holder) => isHeldBy(env, name, holder)).flatMap(({ entrances }) => entrances.flatMap((it) => found.get(it) ?? it));
  return [...new Set([...said, ...(found.get(hostOf(env, name, hostSuffix)) ?? [])])];
}

/** Each host of a store, with what is wrong with it. */
export function judgeDomains(ground: Ground): StoreDomain[] {
  const { env, name, namespace, hostSuffix, holders, certificates, found } = ground;
  const here = entrancesOf(ground);
  return hostsOf(ground).map((host) => {
    const addresses = found.get(host) ?? [];
    const served = holders.some((holder) => holder.host === host && isHeldBy(env, name, holder));
    const certificate = certificates && served ? hostCertificate(certificates, namespace, host) : undefined;
    const seen = { host, generated: host === hostOf(env, name, hostSuffix), addresses, leads: leadsTo(addresses, here), served, certificateUntil: certificate?.notAfter ?? null };
    return { ...seen, problem: problemOf(ground, seen, here) ?? certificate?.reason ?? null };
  });
}

function leadsTo(addresses: string[], here: string[]): StoreDomain["leads"] {
  if (addresses.length === 0) return "nowhere";
  if (here.length === 0) return "unknown";
  return addresses.some((it) => here.includes(it)) ? "here" : "elsewhere";
}

/** What keeps visitors from a host before its certificate does. */
function problemOf({ env, name, hostSuffix, listed, holders }: Ground, { host, generated, addresses, leads, served }: Omit<StoreDomain, "problem">, here: string[]): string | undefined {
  const other = holders.find((holder) => holder.host === host && !isHeldBy(env, name, holder));
  if (other && !served) {
    return takenFrom(env, name, other, (store) => {
      const domains = listed(store);
      return domains && wantedHosts(env, { name: store, domains }, hostSuffix);
    });
  }
  const apply = storesCommand(`apply ${name}`, { env });
  if (!generated && listed(name)?.includes(host) !== true) return `${host} is not among the domains of ${name} any more, and still answers${mendSeparator}${apply}`;
  if (!served) return `${host} is listed and not served yet${mendSeparator}${apply}`;
  if (leads === "nowhere") return `DNS has no address of ${host}${mendSeparator}${recordFor()}`;
  if (leads === "elsewhere") return `DNS leads ${host} to ${addresses.join(", ")}, and not here${mendSeparator}${recordFor()}; behind a proxy of its own that is as it should be`;
  return undefined;

  /** What its owner has to write where the domain is looked after. */
  function recordFor(): string {
    const [first] = here;
    if (generated) return `have *${hostSuffix} lead to where requests come in${first ? `: ${here.join(", ")}` : ""}`;
    return first ? `make a record: ${host} ${first.includes(":") ? "AAAA" : "A"} ${first}` : `make a record: ${host} CNAME ${hostOf(env, name, hostSuffix)}`;
  }
}

import { hostOf, type EnvironmentName } from "../../config/names";
import { storesCommand } from "../../config/stores-command";
import type { Certificate } from "./certificates";
import { hostCertificate } from "./certificates";
import { mendSeparator } from "./finding";
import { isHeldBy, takenFrom, type HostHolder } from "./hosts";

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
  return [...new Set([hostOf(env, name, hostSuffix), ...(listed(name) ?? []), ...held])];
}

/** Where the requests of a store come in: what its Ingresses say, and where its generated host leads. */
export function entrancesOf({ env, name, hostSuffix, holders, found }: Omit<Ground, "certificates" | "namespace">): string[] {
  const said = holders.filter((holder) => isHeldBy(env, name, holder)).flatMap(({ entrances }) => entrances.flatMap((it) => found.get(it) ?? it));
  return [...new Set([...said, ...(found.get(hostOf(env, name, hostSuffix)) ?? [])])];
}

/** Each host of a store, with what is wrong with it. */
export function judgeDomains(ground: Ground): StoreDomain[] {
  const { env, name, namespace, hostSuffix, listed, holders, certificates, found } = ground;
  const generatedHost = hostOf(env, name, hostSuffix);
  const here = entrancesOf(ground);
  const own = listed(name);
  const isListed = (host: string) => host === generatedHost || own?.includes(host) === true;
  const wanted = (store: string) => {
    const domains = listed(store);
    return domains && [hostOf(env, store, hostSuffix), ...domains];
  };

  return hostsOf(ground).map((host): StoreDomain => {
    const addresses = found.get(host) ?? [];
    const generated = host === generatedHost;
    const all = holders.filter((holder) => holder.host === host);
    const served = all.some((holder) => isHeldBy(env, name, holder));
    const leads = addresses.length === 0 ? "nowhere" : here.length === 0 ? "unknown" : addresses.some((it) => here.includes(it)) ? "here" : "elsewhere";
    const certificate = certificates && served ? hostCertificate(certificates, namespace, host) : undefined;
    const others = all.filter((holder) => !isHeldBy(env, name, holder));
    const said = { host, generated, addresses, leads, served, certificateUntil: certificate?.notAfter ?? null } as const;
    return { ...said, problem: problemOf() };

    function problemOf(): string | null {
      const [other] = others;
      if (other && !served) return takenFrom(env, name, other, wanted);
      const apply = storesCommand(`apply ${name}`, { env });
      if (!isListed(host)) return `${host} is not among the domains of ${name} any more, and still answers${mendSeparator}${apply}`;
      if (!served) return `${host} is listed and not served yet${mendSeparator}${apply}`;
      if (leads === "nowhere") return `DNS has no address of ${host}${mendSeparator}${recordFor()}`;
      if (leads === "elsewhere") return `DNS leads ${host} to ${addresses.join(", ")}, and not here${mendSeparator}${recordFor()}; behind a proxy of its own that is as it should be`;
      return certificate?.reason ?? null;
    }

    /** What its owner has to write where the domain is looked after. */
    function recordFor(): string {
      if (generated) return `have *${hostSuffix} lead to where requests come in${here.length > 0 ? `: ${here.join(", ")}` : ""}`;
      return here.length > 0 ? `make a record: ${host} ${here[0]!.includes(":") ? "AAAA" : "A"} ${here[0]}` : `make a record: ${host} CNAME ${generatedHost}`;
    }
  });
}

import { isIP } from "node:net";
import { listedStores } from "../../stores/listed";
import { readCertificates } from "../fleet/certificates";
import { hostsOf, judgeDomains, type StoreDomain } from "../fleet/domains";
import { readEnvironment } from "../fleet/environment";
import { hostHolders } from "../fleet/hosts";
import { resolveHosts, type Resolve } from "../machine/os/resolve";
import { findStore } from "./running-store";
import type { Scope } from "./scope";
import { readSettings } from "../../config/environment";

export type { StoreDomain };

/** Each host of a store that runs, with what keeps visitors from finding the shop there. DNS is asked from this machine. */
export async function domains(scope: Scope, name: string, resolve: Resolve = resolveHosts): Promise<StoreDomain[]> {
  const { env, file } = scope;
  const { session: { kube }, store: { namespace, receipt } } = await findStore(scope, name);
  const specs = new Map(listedStores(env, file).stores.map(({ spec }) => [spec.name, spec.domains]));
  const secure = receipt?.url.startsWith("https:") === true;
  const [shared, holders, certificates] = await Promise.all([readEnvironment(kube, env), hostHolders(kube), secure ? readCertificates(kube, env) : undefined]);
  const { hostSuffix } = shared?.settings ?? readSettings(env);
  const ground = { env, name, namespace, hostSuffix, listed: (store: string) => specs.get(store), holders, certificates };
  const named = holders.flatMap(({ entrances }) => entrances).filter((it) => !isIP(it));
  return judgeDomains({ ...ground, found: await resolve([...new Set([...hostsOf(ground), ...named])]) });
}

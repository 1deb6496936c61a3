import { hostOf, namespaceOf, type EnvironmentName } from "../../config/names";
import type { StoreSpec } from "../../config/spec";
import { storesCommand } from "../../config/stores-command";
import { labels } from "../../stores/labels";
import type { Kube } from "../../kube";
import { isChanged, isMade, type Decision } from "./classify";

/** An Ingress that answers for a host. */
export interface HostHolder {
  host: string;
  namespace: string;
  ingress: string;
  /** Whose it is, by its labels. */
  env?: string;
  store?: string;
  /** Where its controller says that requests come in: addresses, or names. */
  entrances: string[];
}

/** Every host that an Ingress of the cluster holds, in one call. */
export async function hostHolders(kube: Kube): Promise<HostHolder[]> {
  const ingresses = await kube.list("/apis/networking.k8s.io/v1/ingresses");
  return ingresses.flatMap(({ metadata: { namespace = "", name, labels: its = {} }, spec, status }) => {
    const { ingress = [] } = (status?.loadBalancer ?? {}) as { ingress?: { ip?: string; hostname?: string }[] };
    const entrances = ingress.flatMap(({ ip, hostname }) => ip ?? hostname ?? []);
    return ((spec?.rules ?? []) as { host?: string }[]).flatMap(({ host }) => (host ? [{ host: host.toLowerCase(), namespace, ingress: name, env: its[labels.env], store: its[labels.store], entrances }] : []));
  });
}

/** The hosts that a store is to have: the one that the environment gives it, then its own domains. */
export const wantedHosts = (env: EnvironmentName, { name, domains }: Pick<StoreSpec, "name" | "domains">, hostSuffix: string): string[] => [hostOf(env, name, hostSuffix), ...domains];

/** What a look at the hosts takes. */
interface Ground {
  env: EnvironmentName;
  hostSuffix: string;
  /** Every listed store. */
  specs: StoreSpec[];
  holders: HostHolder[];
}

/**
 * Two Ingresses with one host are a shop that some of its visitors do not find. A store that would take a host from
 * another Ingress is refused, unless the other gives it up in this same run: then it comes after.
 */
export function withHosts(decisions: Decision[], { env, hostSuffix, specs, holders }: Ground): Decision[] {
  const wanted = new Map(specs.map((spec) => [spec.name, wantedHosts(env, spec, hostSuffix)]));
  const byHost = new Map<string, HostHolder[]>();
  for (const holder of holders) byHost.set(holder.host, [...(byHost.get(holder.host) ?? []), holder]);
  const actions = new Map(decisions.map(({ name, action }) => [name, action]));
  const isOf = (name: string) => (holder: HostHolder) => isHeldBy(env, name, holder);
  /** The store whose operation in this run gives the host up. */
  const giver = (holder: HostHolder) => {
    const { host, store = "" } = holder;
    if (!isOf(store)(holder)) return undefined;
    const action = actions.get(store);
    const gives = action === "delete" || (action !== undefined && isChanged({ action }) && !wanted.get(store)?.includes(host));
    return gives ? store : undefined;
  };

  const looked = decisions.map((decision): Decision => {
    const { name } = decision;
    if (!isMade(decision)) return decision;
    const taken = (wanted.get(name) ?? []).flatMap((host) => {
      const all = byHost.get(host) ?? [];
      return all.some(isOf(name)) ? [] : all; // what it has already, a change does not take from anybody
    });
    const refusals = taken.filter((holder) => giver(holder) === undefined);
    if (refusals.length > 0) return { ...decision, action: "refused", reason: refusals.map((holder) => takenFrom(env, name, holder, (store) => wanted.get(store))).join("\n") };
    const after = [...new Set(taken.map((holder) => giver(holder) as string))];
    return after.length > 0 ? { ...decision, after } : decision;
  });
  return refuseCircles(looked);
}

/** Whether it is of this store, and no copy of it elsewhere. */
export const isHeldBy = (env: EnvironmentName, name: string, holder: HostHolder): boolean => holder.env === env && holder.store === name && holder.namespace === namespaceOf(env, name);

/** Why a store does not get a host, and what would give it that. @param wanted the hosts of a listed store */
export function takenFrom(env: EnvironmentName, name: string, { host, ...holder }: HostHolder, wanted: (store: string) => string[] | undefined): string {
  const { store, namespace, ingress } = holder;
  if (holder.env === env && store) {
    if (wanted(store)?.includes(host) === false) return `${host} is still held by store "${store}", which gives it up only when it is applied: apply both together`;
    return `${host} is held by store "${store}", which left the list — remove that store (${storesCommand(`destroy ${store}`, { env })}), or take the domain from ${name}`;
  }
  const owner = store ? `store "${store}" of the environment "${holder.env}"` : holder.env ? `the environment "${holder.env}" itself` : "somebody else";
  return `${host} is held by Ingress ${ingress} in namespace ${namespace}, of ${owner} — take the host from that, or from ${name}`;
}

/** Stores that wait for each other would wait for ever. */
function refuseCircles(decisions: Decision[]): Decision[] {
  const open = new Map(decisions.map(({ name, after = [] }) => [name, after]));
  for (let before = -1; before !== open.size; ) {
    before = open.size;
    for (const [name, after] of open) if (!after.some((giver) => open.has(giver))) open.delete(name);
  }
  return decisions.map(({ after, ...decision }) =>
    after && open.has(decision.name) ? { ...decision, action: "refused", reason: `takes a domain from ${after.join(", ")}, which takes one in return — apply it once with the domains taken from both, then with the new ones` } : { ...decision, ...(after && { after }) },
  );
}

import { isIP } from "node:net";
import { mailCatcher, readSettings, settingsFile } from "../../config/environment";
import { UserError } from "../../config/errors";
import { addressIn, knownToBrowsers, leadsHere } from "../../config/host-suffix";
import type { EnvironmentName } from "../../config/names";
import { storesCommand } from "../../config/stores-command";
import { listedStores } from "../../stores/listed";
import { wantedHosts } from "../fleet/hosts";
import type { Cluster } from "../machine/cluster";
import { resolveHosts, type Resolve } from "../machine/os/resolve";
import { findStore } from "./running-store";
import type { Scope } from "./scope";

export { openInBrowser } from "../machine/os/browser";

export interface Address {
  name: string;
  url: string;
  simulated: boolean;
  /** What to say where this machine does not find it. */
  remark?: string;
}

/** Where a store answers. */
export async function address(scope: Scope, name: string): Promise<Address> {
  const { session, store } = await findStore(scope, name);
  const url = store.receipt?.url;
  if (!url) throw new UserError(`${name} has no address yet`, storesCommand(`status ${name}`), "not-ready");
  return { name, url, simulated: session.cluster.simulated, remark: await addressRemark(scope.env, session.cluster, [new URL(url).hostname]) };
}

/** One line of a hosts file. */
export interface HostLine {
  /** A store's name, or the mail catcher's. */
  name: string;
  host: string;
  address: string;
}

/** Every host of the list's stores and of the mail catcher, with where it is to lead. No cluster is needed. */
export function hostLines({ env, file }: Scope, address?: string): HostLine[] {
  const settings = readSettings(env);
  const { hostSuffix } = settings;
  const leadsTo = address ?? addressIn(hostSuffix);
  if (leadsTo === undefined) {
    throw new UserError(`hosts that end in ${hostSuffix} lead wherever their DNS record says`, `Name the address of the ingress: ${storesCommand("hosts --address ADDRESS")}`, "usage");
  }
  if (!isIP(leadsTo)) throw new UserError(`--address is "${leadsTo}": not an address`, "Write it like 192.168.49.2.", "usage");
  const stores = listedStores(env, file).stores.flatMap(({ spec }) => wantedHosts(env, spec, hostSuffix).map((host) => ({ name: spec.name, host })));
  const all = [...stores, ...(settings.mailCatcher ? [{ name: mailCatcher.service, host: `mail${hostSuffix}` }] : [])];
  return all.map((line) => ({ ...line, address: leadsTo }));
}

/** So many hosts say enough. */
const sample = 20;

/**
 * What to say where shops answer on this machine, but it does not find them by name: off-line nobody answers for nip.io, and many routers
 * refuse an answer that leads to the asker's own machine.
 */
export async function addressRemark(env: EnvironmentName, { simulated }: Pick<Cluster, "simulated">, hosts: string[], resolve: Resolve = resolveHosts): Promise<string | undefined> {
  const local = hosts.filter((host) => leadsHere(host) && !knownToBrowsers(host)).slice(0, sample);
  if (simulated || local.length === 0) return undefined;
  const found = await resolve(local);
  const lost = local.filter((host) => !found.get(host)?.some(isLoopbackAddress));
  if (lost.length === 0) return undefined;
  const others = lost.length > 1 ? ` and ${lost.length - 1} more` : "";
  return [
    `note: this machine does not find ${lost[0]}${others}: it is off-line, or its router refuses DNS answers that lead to 127.0.0.1. Either`,
    `  ${storesCommand("hosts")} | sudo tee -a /etc/hosts`,
    `or, for browsers alone, hostSuffix: .localhost in ${settingsFile(env)}, then ${storesCommand("cluster up")} && ${storesCommand("apply")}`,
  ].join("\n");
}

const isLoopbackAddress = (address: string) => address.startsWith("127.") || address === "::1";

/** The hosts to look for after an operation on the whole environment; none while the list can not be read, which others tell. */
export function listedHosts(scope: Scope): string[] {
  try {
    return hostLines(scope).map(({ host }) => host);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return [];
  }
}

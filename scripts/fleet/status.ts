import { namespaceOf, stackOf, type EnvironmentName } from "../../config/names";
import type { StoreSpec } from "../../config/spec";
import { storesCommand } from "../../config/stores-command";
import type { SharedParts } from "../../stores/environment-outputs";
import type { Kube } from "../../kube";
import { forEachLimited } from "../machine/os/limited";
import { hostCertificate, readCertificates, type HostCertificate } from "./certificates";
import { addressOf } from "./environment";
import { overdueBackups } from "./backups";
import { restoringInWords } from "./classify";
import { findEntrances, noEntrance } from "./ingress-trouble";
import type { Observed } from "./observe";
import { outsideTrouble } from "./outside-secrets";
import { refusesObject } from "./refusals";
import { troubleIn, workloadsByNamespace, type Workload } from "./trouble";

export type Phase = "PROVISIONING" | "READY" | "FAILED" | "SUSPENDED" | "DELETING";

/** One row of `stores status`. */
export interface StoreStatus {
  name: string;
  engine: string;
  phase: Phase;
  url: string;
  namespace: string;
  stack: string;
  /** When the namespace was created, ISO 8601; null while there is none. */
  createdAt: string | null;
  /** From the namespace to the first time that everything was ready; null until then. */
  provisionSeconds: number | null;
  /** Why a store is not READY, or what about it is not as listed; null when all is well. */
  reason: string | null;
  /** Of each host, where the store is on https and this account may look. */
  certificates: HostCertificate[];
  /** Whether the list has it; null while the list can not be read. */
  listed: boolean | null;
  /** Its size, by the list; null where that does not have it. */
  plan: string | null;
  /** Whether the list or the cluster keeps it from being deleted. */
  protected: boolean;
}

/**
 * Every listed store in the list's order, then those that left the list.
 * @param specs the listed stores; undefined while the list can not be read, when nobody knows who left it
 */
export async function fleetStatus(
  kube: Kube,
  env: EnvironmentName,
  specs: StoreSpec[] | undefined,
  observed: Map<string, Observed>,
  shared: SharedParts | undefined,
): Promise<StoreStatus[]> {
  const listed = new Map((specs ?? []).map((spec) => [spec.name, spec]));
  const names = [...listed.keys(), ...[...observed.keys()].filter((name) => !listed.has(name))];
  const serviceOf = observed.size > 0 ? await services(kube, env, observed, shared) : undefined;
  const rows = new Map<string, StoreStatus>();
  // Only stores that are not well are looked into, a few at a time.
  await forEachLimited(names, 8, new AbortController().signal, async (name) => {
    const seen = observed.get(name);
    const spec = listed.get(name);
    const row = seen && serviceOf ? await existing(kube, env, seen, serviceOf(seen, spec?.domains), specs === undefined || spec !== undefined, spec, shared) : missing(env, spec?.engine ?? "", name);
    const byList = { listed: specs ? spec !== undefined : null, plan: spec?.plan ?? null, protected: Boolean(spec?.protected || seen?.protected) };
    rows.set(name, { ...row, ...byList, url: row.url || (shared ? addressOf(env, name, shared) : "") });
  });
  return names.map((name) => rows.get(name) as StoreStatus);
}

/** What a store serves with. */
interface Service {
  workloads: Workload[];
  /** Why no request comes in, if none does. */
  closed?: string;
  /** Its own address first. */
  certificates: ReturnType<typeof hostCertificate>[];
  /** What is to be said of its backups, if anything. */
  backups?: string;
}

const isSecure = ({ receipt }: Observed) => receipt?.url.startsWith("https:") === true;

/** Looks at the whole environment in six calls, in one to three more where stores are on https, and in one where they are backed up, however many there are. */
async function services(kube: Kube, env: EnvironmentName, observed: Map<string, Observed>, shared: SharedParts | undefined): Promise<(seen: Observed, domains?: string[]) => Service> {
  const anySecure = [...observed.values()].some(isSecure);
  const [workloads, entrances, certificates, overdue] = await Promise.all([
    workloadsByNamespace(kube, env), findEntrances(kube, env, shared?.settings.ingress), anySecure ? readCertificates(kube, env) : undefined,
    shared?.settings.backup ? overdueBackups(kube, env, shared.settings.backup.schedule) : undefined,
  ]);
  return (seen, domains = []) => ({
    workloads: workloads.get(seen.namespace) ?? [],
    closed: noEntrance(entrances, seen),
    backups: overdue?.get(seen.namespace),
    certificates: certificates && isSecure(seen) ? [new URL(seen.receipt!.url).hostname, ...domains].map((host) => hostCertificate(certificates, seen.namespace, host)) : [],
  });
}

/** What the list says of a store, which does not hang on the cluster. */
type ByCluster = Omit<StoreStatus, "listed" | "plan" | "protected">;

function missing(env: EnvironmentName, engine: string, name: string): ByCluster {
  return {
    name,
    engine,
    phase: "PROVISIONING",
    url: "",
    namespace: namespaceOf(env, name),
    stack: stackOf(env, name),
    createdAt: null,
    provisionSeconds: null,
    reason: `listed, not created yet: ${storesCommand(`apply ${name}`)}`,
    certificates: [],
  };
}

async function existing(kube: Kube, env: EnvironmentName, seen: Observed, service: Service, listed: boolean, spec?: StoreSpec, shared?: SharedParts): Promise<ByCluster> {
  const { phase, reason } = await judge(kube, seen, service, async () => (spec && shared ? outsideTrouble(kube, spec, shared.settings, seen) : undefined));
  const { store, receipt, createdAt } = seen;
  return {
    name: store,
    engine: seen.engine,
    phase,
    url: receipt?.url ?? "",
    namespace: seen.namespace,
    stack: stackOf(env, store),
    createdAt,
    provisionSeconds: receipt ? (Date.parse(receipt.createdAt) - Date.parse(createdAt)) / 1000 : null,
    reason: reason ?? (listed ? null : leftList(seen)),
    certificates: service.certificates.map(({ host, notAfter, reason: why }) => ({ host, notAfter, reason: why })),
  };
}

const leftList = ({ store, protected: kept }: Observed) =>
  `not in the list any more${kept ? `, and protected: ${storesCommand(`destroy ${store}`)} says how to let go of it` : `: ${storesCommand("apply --prune")} removes it`}`;

/**
 * READY needs all of: the last operation got where it set out for, Helm agrees, every workload serves, requests come in, and browsers take
 * its address for safe. A custom domain may lead here later.
 */
async function judge(kube: Kube, seen: Observed, { workloads, closed, certificates, backups }: Service, secretTrouble: () => Promise<string | undefined>): Promise<{ phase: Phase; reason?: string }> {
  if (seen.deleting) return { phase: "DELETING" };
  if (seen.restoring !== undefined) return { phase: "PROVISIONING", reason: restoringInWords(seen) };
  const finished = seen.receipt !== undefined && seen.receipt.digest === seen.intendedDigest;
  const failedRelease = seen.releases.find(({ status }) => status === "failed");
  const pendingRelease = seen.releases.find(({ status }) => status !== "deployed" && status !== "failed");
  const lame = workloads.filter(({ ready, wanted }) => ready < wanted);

  const installed = seen.releases.length > 0;
  if (finished && installed && !failedRelease && !pendingRelease && !seen.lastError && lame.length === 0) {
    if (seen.suspended) return { phase: "SUSPENDED" };
    if (closed !== undefined) return { phase: "FAILED", reason: closed };
    const reason = certificates.find((it) => it.reason !== null)?.reason ?? undefined;
    const [own] = certificates;
    if (own && !own.ready) return { phase: own.failed || own.notAfter !== null ? "FAILED" : "PROVISIONING", reason };
    return { phase: "READY", reason: reason ?? backups };
  }
  // What comes from outside first: pods that lack it, or database and shop that have different ones, only follow from it.
  const outside = await secretTrouble();
  if (outside !== undefined) return { phase: seen.lastError || installed ? "FAILED" : "PROVISIONING", reason: outside };
  const trouble = await troubleIn(kube, seen.namespace);
  if (seen.lastError && (refusesObject(seen.lastError) || !trouble)) return { phase: "FAILED", reason: `the last apply failed: ${seen.lastError}` };
  if (seen.lastError || failedRelease) return { phase: "FAILED", reason: trouble ?? `Helm has release ${failedRelease?.name} as failed` };
  if (!finished || pendingRelease) return { phase: "PROVISIONING", reason: trouble };
  if (!installed) return { phase: "FAILED", reason: `Helm has no release here; was it uninstalled by hand? ${storesCommand("apply")} installs it again` };
  return { phase: "FAILED", reason: trouble ?? lame.map(({ name, ready, wanted }) => `${name} ${ready}/${wanted} ready`).join(", ") };
}

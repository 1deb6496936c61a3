import type { Registry } from "prom-client";
import { UserError } from "../../config/errors";
import { ownVersion } from "./own-version";
import { engineNames } from "../../config/spec";
import { listedStores } from "../../stores/listed";
import { openSession, type Session } from "../engine/session";
import type { Phase } from "../fleet/status";
import { decideFleet } from "./decide";
import { refreshIfThere } from "./list-in-cluster";
import { readFleet, type Fleet } from "./open-fleet";
import type { Scope } from "./scope";
import { readStatus, type FleetStatus } from "./status";

const phases: Phase[] = ["PROVISIONING", "READY", "FAILED", "SUSPENDED", "DELETING"];
const actions = ["create", "update", "upgrade", "orphan", "refused"] as const;

/** What Prometheus is told of a fleet at one moment: text, and what kind of. */
export interface FleetMetrics {
  contentType: string;
  text: string;
}

/**
 * Opens a fleet to be measured, once or again and again, with rights to look. A few list calls each time, however many stores there are.
 * @returns throws a UserError while the cluster can not be looked at: old figures are worse than none
 */
export async function openMetrics(scope: Scope): Promise<() => Promise<FleetMetrics>> {
  const session = await openSession(scope);
  return async () => {
    await refreshIfThere(scope, session.kube);
    const fleet = await fleetIfReadable(session, scope);
    return metricsOf(await readStatus(session, scope, [], fleet), fleet);
  };
}

/** Undefined while the list is wrong or the environment not up: then nobody knows what is pending. */
async function fleetIfReadable(session: Session, { env, file }: Scope): Promise<Fleet | undefined> {
  try {
    return await readFleet(session, listedStores(env, file));
  } catch (error) {
    if (error instanceof UserError && ["list-invalid", "settings-invalid", "no-environment"].includes(error.code)) return undefined;
    throw error;
  }
}

/** @param fleet the list beside what runs, where it can be read */
export async function metricsOf({ env, stores, listProblem, environmentProblem, isolation }: FleetStatus, fleet: Fleet | undefined, now = Date.now()): Promise<FleetMetrics> {
  const { Gauge, Registry } = await import("prom-client");
  const registry = new Registry();
  const gauge = <Label extends string>(name: string, help: string, ...labelNames: Label[]) => new Gauge({ name: `storefleet_${name}`, help, labelNames, registers: [registry as Registry] });
  const plans = new Map(fleet?.wanted.map(({ spec }) => [spec.name, spec.plan]));

  const byPhase = gauge("stores", "Stores by engine and phase.", "env", "engine", "phase");
  for (const engine of engineNames) for (const phase of phases) byPhase.set({ env, engine, phase }, stores.filter((it) => it.engine === engine && it.phase === phase).length);
  const info = gauge("store_info", "What a store is; always 1.", "env", "store", "engine", "plan", "namespace");
  const ready = gauge("store_ready", "Whether a store is as listed and answers, or is suspended as listed.", "env", "store");
  const provisioned = gauge("store_ready_seconds", "From a store's namespace to the first time that everything was ready.", "env", "store");
  const ends = gauge("certificate_not_after_seconds", "When the certificate of a host ends, in seconds since 1970; 0 while there is none.", "env", "store", "host");
  for (const { name, engine, namespace, phase, provisionSeconds, certificates } of stores) {
    info.set({ env, store: name, engine, plan: plans.get(name) ?? "", namespace }, 1);
    ready.set({ env, store: name }, Number(phase === "READY" || phase === "SUSPENDED"));
    if (provisionSeconds !== null) provisioned.set({ env, store: name }, provisionSeconds);
    for (const { host, notAfter } of certificates) ends.set({ env, store: name, host }, notAfter === null ? 0 : Date.parse(notAfter) / 1000);
  }
  gauge("list_valid", "Whether the stores list can be read.", "env").set({ env }, Number(listProblem === null));
  gauge("environment_current", "Whether the environment's stack is up and as its settings are.", "env").set({ env }, Number(environmentProblem === null));
  if (isolation !== "trusted") gauge("isolation_enforced", "Whether the cluster is known to enforce network policies, where the settings ask for it.", "env").set({ env }, Number(isolation === "enforced"));
  if (fleet) {
    const pending = gauge("pending_changes", "Stores that apply would change, that left the list, or that are refused.", "env", "action");
    const decisions = decideFleet(fleet, { prune: false, skipUnchanged: true, names: [] });
    for (const action of actions) pending.set({ env, action }, decisions.filter((it) => it.action === action).length);
  }
  gauge("snapshot_timestamp_seconds", "When this was looked at.", "env").set({ env }, Math.floor(now / 1000));
  gauge("build_info", "This Storefleet; always 1.", "version").set({ version: ownVersion() }, 1);
  return { contentType: registry.contentType, text: await registry.metrics() };
}

import { backupPlace } from "../../config/backup";
import { UserError } from "../../config/errors";
import { storesCommand } from "../../config/stores-command";
import { secretText } from "../../kube";
import { readNote, restoreStore, type Source } from "../engine/restore";
import { openSession, equipped, type Session } from "../engine/session";
import { observeFleet, observeStore, type Observed } from "../fleet/observe";
import { requireBackups, readBackups, type Backups, type Snapshot } from "./backups";
import { clusterAddressOf, wordFor, type ClusterAddress } from "./deletion-guards";
import { lookAtDoomed } from "./doomed";
import { recordedStore, type OneListener } from "./records/of-stores";
import { tenths } from "./records/operation";
import { requireKnown, type Scope } from "./scope";

/** What is put in the place of what. */
export interface Replacement {
  name: string;
  cluster: ClusterAddress;
  snapshot: Snapshot;
  /** That it has now; null: can not be told. */
  orders: number | null;
  /** Whether what it has now is saved before. */
  saved: boolean;
  /** What has to be typed for it; null where a yes is enough. */
  typed: string | null;
}

export interface RestoreOptions {
  /** The beginning of an id, or `latest`. */
  snapshot: string;
  /** Save what is there before. */
  safety: boolean;
}

export interface Restored {
  name: string;
  snapshot: Snapshot;
  /** The backup of what was there before; null where there is none. */
  saved: string | null;
  seconds: number;
}

/** Puts a backup in the place of what a store has. It has to run: one that was destroyed is made anew first, by the list. */
export async function restore(scope: Scope, name: string, { snapshot, safety }: RestoreOptions, consent: (replacement: Replacement) => Promise<void>, listener: OneListener): Promise<Restored> {
  const started = performance.now();
  const session = await openSession(scope);
  await requireBackups(session);
  const observed = await observeFleet(session.kube, scope.env);
  const store = observed.get(name);
  if (!store) return refuseMissing(session, name, observed, listener);
  if (store.suspended) throw new UserError(`${name} is suspended, and a restore has to see it start`, `Take \`suspended\` out of its entry first: ${storesCommand(`apply ${name}`)}`, "not-ready");
  if (store.restoring === undefined && (store.receipt === undefined || store.deleting)) throw new UserError(`${name} is not whole yet`, storesCommand(`status ${name}`), "not-ready");
  listener.say(`looking for backups of ${name}`);
  const chosen = choose(name, await readBackups(session, name, store, listener.signal), snapshot, store);
  const [before] = await lookAtDoomed(session, [{ name, observed: store }]);
  const cluster = clusterAddressOf(session);
  await consent({ name, cluster, snapshot: chosen, orders: before?.orders ?? null, saved: safety, typed: wordFor(scope.env, cluster, [{ name }]) });
  const tools = await equipped(session, listener.say);
  const recoveryKey = await recoveryKeyOf(session);
  const { saved } = await recordedStore(session, "restore", name, listener, async (signal) => {
    const now = await observeStore(session.kube, scope.env, name);
    if (now?.uid !== store.uid) throw new UserError(`${name} was made anew meanwhile, so it is left as it is`, undefined, "not-ready");
    const source: Source = { repository: chosen.repository, snapshot: chosen.id };
    return restoreStore({ ...tools, kube: session.kube.heeding(signal) }, now, source, recoveryKey, safety, listener.say, signal);
  });
  return { name, snapshot: chosen, saved, seconds: tenths(performance.now() - started) };
}

async function refuseMissing(session: Session, name: string, observed: Map<string, Observed>, { signal }: Pick<OneListener, "signal">): Promise<never> {
  const { snapshots } = await readBackups(session, name, undefined, signal);
  if (snapshots.length === 0) requireKnown([name], [], observed);
  throw new UserError(
    `store "${name}" does not run; ${snapshots.length} backups of it are there`,
    `Put its entry back into the list, then: ${storesCommand(`apply ${name}`)} && ${storesCommand(`restore ${name}${snapshots[0] ? ` --snapshot ${snapshots[0].id}` : ""}`)}`,
    "not-ready",
  );
}

/**
 * The snapshot that is meant. `latest` is the newest of this life of the store, or of the one before while this one has none; what was saved
 * before a restore is only taken by its name. Where a restore was cut off, that one goes on.
 */
export function choose(name: string, { snapshots, unreadable }: Backups, wanted: string, { restoring }: Pick<Observed, "restoring">): Snapshot {
  const begun = readNote(restoring);
  const look = `Those that there are: ${storesCommand(`backups ${name}`)}`;
  if (wanted !== "latest") {
    const found = snapshots.filter(({ id }) => id.startsWith(wanted) || wanted.startsWith(id));
    if (found.length === 1) return found[0] as Snapshot;
    throw new UserError(found.length === 0 ? `${name} has no backup "${wanted}"` : `"${wanted}" is the beginning of ${found.length} backups of ${name}`, look, "usage");
  }
  const going = begun && snapshots.find(({ id, repository }) => id === begun.snapshot && repository === begun.repository);
  const latest = going ?? snapshots.find(({ own, kind }) => own && kind !== "pre-restore") ?? snapshots.find(({ kind }) => kind !== "pre-restore");
  if (latest) return latest;
  const away = unreadable.map(({ repository, reason }) => `${repository} can not be read: ${reason}`);
  throw new UserError([`${name} has no backup`, ...away].join("\n"), `One is made by: ${storesCommand(`backup ${name}`)}`, "not-ready");
}

async function recoveryKeyOf({ kube }: Session): Promise<string> {
  const { namespace, keys } = backupPlace;
  const secret = await kube.get(`/api/v1/namespaces/${namespace}/secrets/${keys}`);
  if (!secret) throw new UserError(`the Secret ${keys} in namespace ${namespace} is gone, so no backup can be opened`, `It comes back by: ${storesCommand("cluster up")}`, "not-ready");
  return secretText(secret, "recovery");
}

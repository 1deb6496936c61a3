import { z } from "zod";
import { backupPlace } from "../../config/backup";
import { UserError } from "../../config/errors";
import { settingsFile } from "../../config/environment";
import { storesCommand } from "../../config/stores-command";
import { saveStore, type Saved } from "../engine/backup";
import { runJob } from "../engine/jobs";
import { openSession, type Session } from "../engine/session";
import { readEnvironment } from "../fleet/environment";
import { observeFleet, observeStore, type Observed } from "../fleet/observe";
import { forEachLimited } from "../machine/os/limited";
import { recordedStore } from "./records/of-stores";
import { jsonOf } from "./records/json";
import { tenths } from "./records/operation";
import { requireKnown, type Listener, type Scope } from "./scope";

/** A store that was backed up, or was not. */
export interface BackedUp extends Saved {
  name: string;
  result: "saved" | "failed";
  seconds: number;
  error: string | null;
}

export interface BackupOptions {
  /** Stores that run. */
  names: string[];
  /** In place of names: every store that runs. */
  all?: boolean;
  /** Stores at a time. */
  concurrency?: number;
  /** The record of one store's that waits for this. */
  queued?: string;
}

/** Backups load the databases, and the one gateway. */
const lanes = 4;

/** Backs stores up now. One that fails keeps no other from it. */
export async function backup(scope: Scope, { names, all = false, concurrency = lanes, queued }: BackupOptions, listener: Listener): Promise<BackedUp[]> {
  if (names.length > 0 === all) throw new UserError("say which stores: backup NAME… or backup --all, one of the two", undefined, "usage");
  const session = await openSession(scope);
  await requireBackups(session);
  const observed = await observeFleet(session.kube, scope.env);
  requireKnown(names, [], observed);
  const chosen = [...observed.values()].filter(({ store, deleting }) => (all ? !deleting : names.includes(store)));
  const done = new Map<string, BackedUp>();
  listener.progress.begin(chosen.length);
  await forEachLimited(chosen, concurrency, listener.signal, async (store) => {
    const report = await backedUp(session, store, { ...listener, queued });
    done.set(store.store, report);
    listener.progress.end(store.store, report.error ? `failed: ${report.error}` : `saved in ${report.seconds.toFixed(1)} s`, report.error !== null);
  });
  listener.progress.close();
  return [...done.values()];
}

async function backedUp(session: Session, store: Observed, listener: Listener & { queued?: string }): Promise<BackedUp> {
  const started = performance.now();
  const seconds = () => tenths(performance.now() - started);
  listener.progress.step(store.store, "backing up");
  try {
    const saved = await recordedStore(session, "backup", store.store, listener, (signal) => saveStore(session.kube.heeding(signal), store, "manual", signal));
    return { name: store.store, result: "saved", ...saved, seconds: seconds(), error: null };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { name: store.store, result: "failed", snapshot: null, bytes: null, added: null, seconds: seconds(), error: error.message };
  }
}

/** Throws where an environment has no place for backups. */
export async function requireBackups({ kube, env }: Pick<Session, "kube" | "env">): Promise<void> {
  const shared = await readEnvironment(kube, env);
  if (!shared) throw new UserError("the environment's stack is not up on this cluster", storesCommand("cluster up"), "no-environment");
  if (!shared.settings.backup) throw new UserError(`environment "${env}" keeps no backups`, `Say where in ${settingsFile(env)}: storefleet:settings.backup, as docs/backups.md has it; then ${storesCommand("cluster up")} && ${storesCommand("apply")}`, "not-ready");
}

/** One backup that there is. */
export interface Snapshot {
  id: string;
  time: string;
  /** What it was made for. */
  kind: string;
  /** In which life of the store: where another namespace of its name was. */
  repository: string;
  /** Of this life. */
  own: boolean;
  orders: number | null;
  products: number | null;
  customers: number | null;
  bytes: number | null;
}

export interface Backups {
  snapshots: Snapshot[];
  /** Repositories that can not be read, and why. */
  unreadable: { repository: string; reason: string }[];
}

const listed = z.array(z.object({ short_id: z.string(), time: z.string(), tags: z.array(z.string()).default([]), summary: z.object({ total_bytes_processed: z.number() }).optional() }));

/** Milliseconds for looking through the repositories of a store. */
const patience = 240_000;

/** What backups there are of a store, newest first, of earlier stores of its name as well. @param running the one that runs now, if any */
export async function readBackups({ kube, cluster }: Session, name: string, running: Pick<Observed, "uid"> | undefined, signal: AbortSignal): Promise<Backups> {
  const { namespace } = backupPlace;
  const { pods } = await runJob(kube, namespace, "backup-list", { name: `list-${name}`, env: { list: { STORE: name } } }, { within: patience, signal });
  const pod = pods.find(({ status }) => status?.phase === "Succeeded");
  const text = pod && !cluster.simulated ? await kube.text(`/api/v1/namespaces/${namespace}/pods/${pod.metadata.name}/log?container=list`) : "";
  return backupsIn(text, running?.uid.slice(0, 8));
}

/** What the Job of `list.sh` printed. @param life of the store that runs now */
export function backupsIn(text: string, life: string | undefined): Backups {
  const backups: Backups = { snapshots: [], unreadable: [] };
  for (const line of text.split("\n")) {
    const [kind, repository = "", rest = ""] = line.split("\t");
    if (kind === "unreadable") backups.unreadable.push({ repository, reason: rest });
    if (kind !== "repository") continue;
    for (const { short_id: id, time, tags, summary } of listed.parse(jsonOf(rest) ?? [])) {
      const count = (what: string) => Number(tags.find((tag) => tag.startsWith(`${what}=`))?.slice(what.length + 1) ?? Number.NaN);
      const counted = (what: string) => (Number.isNaN(count(what)) ? null : count(what));
      backups.snapshots.push({
        id, time, repository, own: repository.split("/")[1] === life, kind: tags.find((tag) => !tag.includes("=")) ?? "unknown",
        orders: counted("orders"), products: counted("products"), customers: counted("customers"), bytes: summary?.total_bytes_processed ?? null,
      });
    }
  }
  backups.snapshots.sort((a, b) => b.time.localeCompare(a.time));
  return backups;
}

/** The same, for somebody who asks. */
export async function backups(scope: Scope, name: string, { signal }: Pick<Listener, "signal">): Promise<Backups> {
  const session = await openSession(scope);
  await requireBackups(session);
  return readBackups(session, name, await observeStore(session.kube, scope.env, name), signal);
}

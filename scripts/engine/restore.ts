import { backupNames, repositoryKeys, repositoryOf, repositoryUrl } from "../../config/backup";
import { UserError } from "../../config/errors";
import { annotations } from "../../stores/labels";
import type { Observed } from "../fleet/observe";
import { saveStore } from "./backup";
import { goBackTo, helmRecords } from "./helm";
import { runJob } from "./jobs";
import { stopShop } from "./scale";
import type { Session } from "./session";

/** What is put back. */
export interface Source {
  repository: string;
  snapshot: string;
}

/** Milliseconds for loading, and for the shop to be whole again. */
const patience = { load: 3_600_000, start: 1_200_000 };

/** Where a restore stands, as the namespace tells it; `loading`: what was there before is not any more. */
interface Note extends Source {
  loading?: boolean;
}

export function readNote(text: string | undefined): Note | undefined {
  const [repository = "", snapshot = "", loading] = text?.split("@") ?? [];
  return text === undefined ? undefined : { repository, snapshot, loading: loading === "loading" };
}

const noteOf = ({ repository, snapshot, loading }: Note) => [repository, snapshot, ...(loading ? ["loading"] : [])].join("@");

/**
 * Puts a snapshot in the place of a store's data. Each step may be cut off and is done again by the next run of the same; until the last
 * one the store carries a note, by which `status` tells and `apply` leaves it alone. The volumes, Secrets and addresses stay.
 * @param recoveryKey of the environment
 * @param safety what is there now is saved before, unless another run has begun to load
 */
export async function restoreStore(session: Session, store: Observed, source: Source, recoveryKey: string, safety: boolean, onStep: (text: string) => void, signal: AbortSignal): Promise<{ saved: string | null }> {
  const { kube } = session;
  const path = `/api/v1/namespaces/${store.namespace}`;
  const write = (note: Note | null) => kube.merge(path, { metadata: { annotations: { [annotations.restoring]: note && noteOf(note) } } });
  const begun = readNote(store.restoring);
  await write({ ...source, loading: begun?.loading });

  onStep("ending the shop's pods");
  await stopShop(kube, store.namespace, signal);
  let saved: string | null = null;
  if (safety && !begun?.loading) {
    onStep("saving what is there");
    saved = (await saveStore(kube, { ...store, suspended: false }, "pre-restore", signal)).snapshot;
  }
  await write({ ...source, loading: true });
  onStep(`loading snapshot ${source.snapshot}`);
  await load(session, store, source, recoveryKey, signal);
  onStep("starting the shop");
  await startAgain(session, store, signal);
  await write(null);
  return { saved };
}

async function load({ kube }: Session, { store, namespace, uid }: Observed, { repository, snapshot }: Source, recoveryKey: string, signal: AbortSignal): Promise<void> {
  const { login, password } = repositoryKeys(recoveryKey, repository);
  const secrets = `/api/v1/namespaces/${namespace}/secrets`;
  const stringData = { RESTIC_REPOSITORY: repositoryUrl(repository), RESTIC_REST_USERNAME: store, RESTIC_REST_PASSWORD: login, RESTIC_PASSWORD: password };
  await kube.remove(`${secrets}/${backupNames.source}`);
  await kube.create(secrets, { apiVersion: "v1", kind: "Secret", metadata: { name: backupNames.source }, stringData });
  try {
    // The password of another namespace's shop is not the one of this one's Secret.
    const admin = repository === repositoryOf(store, uid) ? "keep" : "reset";
    await runJob(kube, namespace, backupNames.restore, { name: "restore", env: { fetch: { SNAPSHOT: snapshot }, load: { ADMIN: admin } } }, { within: patience.load, signal });
  } finally {
    await kube.remove(`${secrets}/${backupNames.source}`);
  }
}

/** The release's own revision once more: replicas and scheduled work are what they were, and the set-up goes through again. */
async function startAgain(session: Session, { namespace, releases }: Observed, signal: AbortSignal): Promise<void> {
  for (const { name } of releases) {
    const [last] = (await helmRecords(session.kube, [{ namespace, name }])).filter(({ status }) => status === "deployed").sort((a, b) => b.revision - a.revision);
    if (!last) throw new UserError(`Helm has no deployed revision of ${name} in ${namespace} that the shop could start from`);
    const waiting = ["--wait", "--wait-for-jobs", "--history-max", "5", "--timeout", `${patience.start / 1000}s`];
    const { code, words } = await goBackTo(session, { namespace, name }, last.revision, waiting, patience.start + 60_000, signal);
    if (code !== 0) throw new UserError(words);
  }
}

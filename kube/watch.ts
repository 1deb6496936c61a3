import { setTimeout as delay } from "node:timers/promises";
import { KubeError, queryOf, type Kube, type KubeObject, type Selection } from ".";

export interface Change {
  type: "ADDED" | "MODIFIED" | "DELETED";
  /** Of one that was deleted while nobody looked: its metadata alone. */
  object: Pick<KubeObject, "metadata">;
}

export interface Watcher {
  /** Told what is there at first, all at once as ADDED, be it nothing; then every change. */
  onChanges(changes: Change[]): void;
  /** Told what keeps the cluster from being heard; the watch goes on, and misses nothing. */
  onTrouble(error: Error): void;
  /** Ends the watch. */
  signal: AbortSignal;
  /** Milliseconds before it connects again; more and more while that fails. @default 1000 */
  pause?: number;
}

/** Seconds after which the API server ends a watch, so that none is taken for alive that is not. */
const round = 240;
const longestPause = 30_000;

/** Follows a collection until `signal` is aborted. Rejects only where it can not be listed in the first place. */
export async function watch(kube: Kube, path: string, selection: Selection, { onChanges, onTrouble, signal, pause = 1000 }: Watcher): Promise<void> {
  const known = new Map<string, KubeObject["metadata"]>();
  const tell = (changes: Change[]) => {
    for (const { type, object } of changes) {
      const { uid = "", namespace, name, resourceVersion, creationTimestamp } = object.metadata;
      if (type === "DELETED") known.delete(uid);
      else known.set(uid, { uid, namespace, name, resourceVersion, creationTimestamp });
    }
    onChanges(changes);
  };
  let version: string | undefined;
  let begun = false;
  for (let failures = 0; !signal.aborted; ) {
    try {
      if (version === undefined) {
        const list = await kube.heeding(signal).listing(path, selection);
        version = list.version;
        begun = true;
        tell(differences(known, list.items));
      }
      const query = queryOf(selection, { watch: "true", allowWatchBookmarks: "true", resourceVersion: version, timeoutSeconds: String(round) });
      const take = (line: string) => {
        const { type, object } = JSON.parse(line) as { type: Change["type"] | "BOOKMARK" | "ERROR"; object: KubeObject & { code?: number; message?: string } };
        if (type === "ERROR") throw new KubeError(object.code ?? 0, object.message ?? "the watch failed");
        version = object.metadata.resourceVersion;
        failures = 0;
        if (type !== "BOOKMARK") tell([{ type, object }]);
      };
      await kube.lines(`${path}?${query}`, take, signal, (round + 30) * 1000);
    } catch (error) {
      if (signal.aborted) return;
      if (!begun) throw error;
      failures += 1;
      // What happened since is forgotten: what is there now tells it.
      if (error instanceof KubeError && error.status === 410) version = undefined;
      else onTrouble(error as Error);
    }
    await delay(Math.min(longestPause, pause * 2 ** Math.max(0, failures - 1)), undefined, { signal }).catch(() => {});
  }
}

/** What became of the objects that were known, by what is there now. */
function differences(known: Map<string, KubeObject["metadata"]>, now: KubeObject[]): Change[] {
  const there = new Set(now.map(({ metadata }) => metadata.uid));
  const gone = [...known.values()].filter(({ uid }) => !there.has(uid)).map((metadata): Change => ({ type: "DELETED", object: { metadata } }));
  const changed = now.filter(({ metadata: { uid = "", resourceVersion } }) => known.get(uid)?.resourceVersion !== resourceVersion);
  return [...gone, ...changed.map((object): Change => ({ type: known.has(object.metadata.uid ?? "") ? "MODIFIED" : "ADDED", object }))];
}

import type { EnvironmentName } from "../../config/names";
import { recordLabels, recordsPath } from "../../infra/control";
import type { Kube, KubeObject } from "../../kube";
import { watch } from "../../kube/watch";
import type { Operation } from "./history";
import { ends, newestFirst, operationOf, readOperations } from "./records/operation";

/** Milliseconds without a question after which records are followed no more. */
const idleAfter = 60_000;

/** One record: whole while it may change by itself, as when its process falls silent; of an ended one what it says. */
type Known = { object: KubeObject } | { said: Operation[] };

/**
 * What was done to an environment's fleet and what is under way, for who asks again and again: records are followed, so that each is read
 * when it changes and not with each look. Nothing is followed while nobody asks.
 */
export class LiveOperations {
  private readonly records = new Map<string, Known>();
  private following?: { ended: AbortController; begun: boolean };
  /** Whether what is known may be old: the records themselves are asked then. */
  private doubtful = false;
  private troubled = false;
  private idle?: NodeJS.Timeout;

  constructor(
    private readonly kube: Kube,
    private readonly env: EnvironmentName,
    private readonly follow: typeof watch = watch,
  ) {}

  /** Newest first. */
  async read(): Promise<Operation[]> {
    clearTimeout(this.idle);
    this.idle = setTimeout(() => this.close(), idleAfter).unref();
    this.following ??= this.begin();
    if (!this.following.begun || this.doubtful || this.troubled) {
      const all = await readOperations(this.kube, this.env);
      this.doubtful = false;
      return all;
    }
    const now = this.kube.now();
    return [...this.records.values()].flatMap((it) => ("said" in it ? it.said : operationOf(it.object, now))).sort(newestFirst);
  }

  /** Something was just asked for: the next answer has it, however late a change is told. */
  forget(): void {
    this.doubtful = true;
  }

  close(): void {
    clearTimeout(this.idle);
    this.following?.ended.abort();
    this.following = undefined;
    this.records.clear();
  }

  private begin() {
    const following = { ended: new AbortController(), begun: false };
    const { signal } = following.ended;
    this.troubled = false;
    this.follow(this.kube, recordsPath, { labels: `${recordLabels.kind}=operation,${recordLabels.env}=${this.env}` }, {
      signal,
      onChanges: (changes) => {
        if (signal.aborted) return;
        for (const { type, object } of changes) {
          if (type === "DELETED") this.records.delete(object.metadata.name);
          else this.records.set(object.metadata.name, this.knownOf(object as KubeObject));
        }
        [following.begun, this.troubled] = [true, false];
      },
      onTrouble: () => (this.troubled = true),
      // Whoever asks is told by the records themselves what is wrong.
    }).catch(() => (this.following = this.following === following ? undefined : this.following));
    return following;
  }

  private knownOf(object: KubeObject): Known {
    const settled = (ends as readonly string[]).includes(object.metadata.labels?.[recordLabels.state] ?? "");
    return settled ? { said: operationOf(object, this.kube.now()) } : { object };
  }
}

import { hostname } from "node:os";
import { ListErrors } from "../../config/errors";
import { isInCluster, listFile } from "../../stores/listed";
import { onBehalf, type At } from "./asked";
import { noticeEdits, stampOf } from "./list-file";
import type { EditByHand } from "./list-known";
import { noteDown } from "./records/of-stores";

/** Enters into the audit trail what somebody did to the list by hand: who it was only the file's own history can tell. */
export const tellByHand = (at: At) => async ({ before, after, stores }: EditByHand): Promise<void> =>
  noteDown(onBehalf(at, { via: "api", person: "unknown", host: hostname() }).session, {
    action: "list.changed", via: "external", ...(stores && Object.keys(stores).length > 0 && { stores }),
    reason: `SHA-256 of the list before: ${before}, after: ${after}${stores ? "" : ", where it is no YAML"}`,
  });

/** Notices edits of the list by hand, look by look. */
export class ListWatch {
  private last = "";
  private done = "";

  private told = "";

  constructor(
    private readonly at: At,
    private readonly say: (text: string) => void,
  ) {}

  /** Never rejects: what could not be told is told with the next look. */
  async look(): Promise<void> {
    try {
      await this.compare();
      this.told = "";
    } catch (error) {
      const { message } = error as Error;
      if (message !== this.told) this.say(`an edit of the list by hand can not be told: ${message}`);
      this.told = message;
    }
  }

  private async compare(): Promise<void> {
    const { env, file } = this.at.scope;
    // In a cluster each edit is told by whoever makes it; whoever uses kubectl is in the API server's own log.
    if (isInCluster(env, file)) return;
    const stamp = stampIfThere(listFile(env, file));
    if (stamp === undefined || stamp === this.done) return;
    // Somebody may be in the middle of it.
    if (stamp !== this.last) return void (this.last = stamp);
    try {
      await noticeEdits(this.at.scope, tellByHand(this.at));
    } catch (error) {
      // Gone again, or no text.
      if (!(error instanceof ListErrors)) throw error;
    }
    this.done = stamp;
  }
}

function stampIfThere(file: string): string | undefined {
  try {
    return stampOf(file);
  } catch {
    return undefined;
  }
}

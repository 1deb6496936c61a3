import { z } from "zod";
import { UserError } from "../../../config/errors";
import { engineNames } from "../../../config/spec";
import { labelsOfRecord, recordLabels, recordsPath } from "../../../infra/control";
import { isConflict, type Kube, type KubeObject } from "../../../kube";
import { jsonOf } from "../records/json";
import { removeOldest } from "../records/operation";

/** running: somebody carries it out, or was killed. halted: too many failed. aborted: somebody wants no more of it. superseded: another release is wanted by now. */
const states = ["running", "halted", "aborted", "done", "superseded"] as const;
export type RolloutState = (typeof states)[number];

const reasons = z.record(z.string(), z.string());
const noted = z.object({
  /** By engine: the release that its members are to have. */
  target: z.partialRecord(z.enum(engineNames), z.string()),
  maxFailed: z.number(),
  verify: z.enum(["all", "canary", "none"]),
  waves: z.array(z.object({ name: z.string(), bake: z.number(), members: z.array(z.string()) })),
  /** The wave that it is at. */
  wave: z.number(),
  /** When that one has baked, ISO 8601; absent while it has stores to change. */
  bakeEnds: z.string().optional(),
  failed: reasons,
  /** Stores that were not well before it came to them. */
  sick: reasons,
  /** Why it halted, or who aborted it. */
  why: z.string().optional(),
});
export type RolloutNotes = z.infer<typeof noted>;

export interface Rollout extends RolloutNotes {
  id: string;
  state: RolloutState;
}

const kept = 20;
const pathOf = (id: string) => `${recordsPath}/rollout-${id}`;

/** The one that is not over; there is none beside it. */
export async function readOpenRollout(kube: Kube, env: string): Promise<RolloutRecord | undefined> {
  const found = await kube.list(recordsPath, { labels: `${recordLabels.kind}=rollout,${recordLabels.env}=${env},${recordLabels.state} in (running,halted,aborted)` });
  return found.flatMap((object) => recordOf(kube, object) ?? []).sort((a, b) => (a.now.id < b.now.id ? 1 : -1))[0];
}

function recordOf(kube: Kube, { metadata, data }: KubeObject): RolloutRecord | undefined {
  const notes = noted.safeParse(jsonOf(data?.rollout)).data;
  const state = states.find((it) => it === metadata.labels?.[recordLabels.state]);
  return notes && state && new RolloutRecord(kube, { ...notes, id: metadata.name.slice("rollout-".length), state }, metadata.resourceVersion);
}

/** What a roll-out notes down in the cluster, so that whoever comes after a kill goes on where it was. What is done is never read from it, but from the stores. */
export class RolloutRecord {
  private writing: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly kube: Kube,
    public now: Rollout,
    private version: string | undefined,
  ) {}

  static async make(kube: Kube, env: string, id: string, notes: RolloutNotes): Promise<RolloutRecord> {
    const metadata = { name: `rollout-${id}`, labels: labelsOfRecord("rollout", env, "running") };
    const made = await kube.create(recordsPath, { apiVersion: "v1", kind: "ConfigMap", metadata, data: { rollout: JSON.stringify(notes) } });
    await removeOldest(kube, await kube.list(recordsPath, { labels: `${recordLabels.kind}=rollout`, metadataOnly: true }), kept);
    return new RolloutRecord(kube, { ...notes, id, state: "running" }, made.metadata.resourceVersion);
  }

  /** Notes down one change after the other. @throws UserError where somebody else has written to it meanwhile, who has a say from then on */
  note(change: (before: Rollout) => Partial<Rollout>): Promise<void> {
    const next = this.writing.then(() => this.write({ ...this.now, ...change(this.now) }));
    this.writing = next.catch(() => undefined);
    return next;
  }

  private async write(next: Rollout): Promise<void> {
    const { id, state, ...notes } = next;
    try {
      const patch = { metadata: { resourceVersion: this.version, labels: { [recordLabels.state]: state } }, data: { rollout: JSON.stringify(notes) } };
      const written = await this.kube.merge(pathOf(id), patch);
      if (!written) throw takenAway(id);
      [this.version, this.now] = [written.metadata.resourceVersion, next];
    } catch (error) {
      throw isConflict(error) ? takenAway(id) : error;
    }
  }

  /** Whether it is still to be gone on with: not aborted from elsewhere. */
  async goesOn(): Promise<boolean> {
    const object = await this.kube.get(pathOf(this.now.id));
    return object?.metadata.labels?.[recordLabels.state] === "running";
  }
}

const takenAway = (id: string) => new UserError(`roll-out ${id} was aborted, or taken over, by somebody else; no further store starts`);

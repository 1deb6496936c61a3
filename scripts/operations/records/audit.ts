import { UserError } from "../../../config/errors";
import type { EnvironmentName } from "../../../config/names";
import { storesCommand } from "../../../config/stores-command";
import { control, labelsOfRecord, recordLabels, recordsPath } from "../../../infra/control";
import { isConflict, KubeError, type Kube, type KubeObject } from "../../../kube";
import { Batched } from "./batched";
import { auditEntry, chained, noEntries, type AuditEntry, type AuditFields, type Head } from "./chain";
import { jsonOf } from "./json";

const nameOf = (segment: number) => `storefleet-audit-${String(segment).padStart(4, "0")}`;
const numberOf = ({ metadata }: KubeObject) => Number(metadata.name.slice(nameOf(0).length - 4));
/** Entries of a segment, some hundred bytes each: far from the 1 MiB that a ConfigMap may hold, and little to write anew with each append. */
const perSegment = 100;
const keyOf = (seq: number) => `e${String(seq).padStart(9, "0")}`;

/** The segment that entries are appended to, and where it stands. */
interface Open {
  number: number;
  version: string;
  head: Head;
  count: number;
}

/**
 * The audit trail of an environment: ConfigMaps with one key an entry, each chained to the one before, appended by compare-and-swap on the
 * version of the last. A full one is sealed: the API server then lets nobody change it. It is as available as what it tells of, and whoever
 * may change stores can add to it alone (infra/rbac/fence.yaml).
 */
export class AuditTrail {
  private open?: Open;
  private readonly entries = new Batched((all: AuditFields[]) => this.write(all));

  constructor(
    private readonly kube: Kube,
    private readonly env: EnvironmentName,
  ) {}

  /** Of the last entry that this process saw. */
  get head(): Head {
    return this.open?.head ?? noEntries;
  }

  /** Appends an entry, in the order of the calls; rejects where that can not be done, so that what it tells of does not happen. */
  append(fields: AuditFields): Promise<void> {
    return this.entries.add(fields);
  }

  private async write(all: AuditFields[]): Promise<void> {
    try {
      await this.chain(all);
    } catch (error) {
      this.open = undefined;
      throw error;
    }
  }

  private async chain(all: AuditFields[]): Promise<void> {
    for (;;) {
      const open = (this.open ??= await this.find());
      if (open.count >= perSegment) {
        await this.startNext(open);
        continue;
      }
      let { head } = open;
      const entries = all.map((fields) => {
        const entry = chained(fields, head);
        head = { seq: entry.seq, hash: entry.hash };
        return entry;
      });
      const data = Object.fromEntries(entries.map((entry) => [keyOf(entry.seq), JSON.stringify(entry)]));
      try {
        const written = await this.kube.merge(`${recordsPath}/${nameOf(open.number)}`, { metadata: { resourceVersion: open.version }, data }, { metadataOnly: true });
        if (written) {
          this.open = { ...open, version: written.metadata.resourceVersion ?? "", head, count: open.count + entries.length };
          return;
        }
      } catch (error) {
        if (!isConflict(error)) throw error;
        // Somebody else appended; or a request that broke was repeated, and had arrived the first time.
        const last = (this.open = await this.find()).head;
        if (last.hash === head.hash) return;
        continue;
      }
      this.open = undefined;
    }
  }

  /** The last segment: sealed ones are not even asked for. */
  private async find(): Promise<Open> {
    const segments = await this.kube.list(recordsPath, { labels: `${recordLabels.kind}=audit,${recordLabels.state}=open` });
    const last = segments.sort((a, b) => numberOf(a) - numberOf(b)).at(-1);
    if (!last) return this.create(0, noEntries);
    const entries = entriesOf(last);
    const end = entries.at(-1);
    return { number: numberOf(last), version: last.metadata.resourceVersion ?? "", head: end ? { seq: end.seq, hash: end.hash } : startOf(last), count: entries.length };
  }

  private async create(number: number, head: Head): Promise<Open> {
    const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: nameOf(number), labels: labelsOfRecord("audit", this.env, "open") }, data: { start: JSON.stringify(head) } };
    try {
      const made = await this.kube.create(recordsPath, object);
      return { number, version: made.metadata.resourceVersion ?? "", head, count: 0 };
    } catch (error) {
      if (!isConflict(error)) throw withoutPlace(error);
      const theirs = await this.kube.get(`${recordsPath}/${nameOf(number)}`);
      if (!theirs) throw error;
      if (theirs.metadata.labels?.[recordLabels.state] !== "open") throw new UserError(`${nameOf(number)} in ${control.namespace} is no open segment of the audit trail`, "An administrator has to look at what happened to it.");
      return this.find();
    }
  }

  /** First the next one, then the seal: whoever dies in between leaves two open ones, of which the later counts. */
  private async startNext({ number, head }: Open): Promise<void> {
    this.open = await this.create(number + 1, head);
    await this.kube.merge(`${recordsPath}/${nameOf(number)}`, { metadata: { labels: { [recordLabels.state]: "sealed" } }, immutable: true });
  }
}

/** A part of the trail, as one object has it. */
export interface Segment {
  path: string;
  version: string | undefined;
  /** Nothing comes to it any more. */
  sealed: boolean;
  /** What came before it. */
  start: Head;
  entries: AuditEntry[];
}

/** The whole trail of an environment, oldest first. */
export async function readSegments(kube: Kube): Promise<Segment[]> {
  const objects = (await kube.list(recordsPath, { labels: `${recordLabels.kind}=audit` })).sort((a, b) => numberOf(a) - numberOf(b));
  return objects.map((object) => ({
    path: `${recordsPath}/${object.metadata.name}`, version: object.metadata.resourceVersion, sealed: object.metadata.labels?.[recordLabels.state] === "sealed", start: startOf(object), entries: entriesOf(object),
  }));
}

/** Every entry of an environment, oldest first, with what came before the first of them. */
export async function readTrail(kube: Kube): Promise<{ entries: AuditEntry[]; start: Head }> {
  const segments = await readSegments(kube);
  return { entries: segments.flatMap(({ entries }) => entries), start: segments[0]?.start ?? noEntries };
}

/** What can not be read is told as it is: its digest is not right either. */
const entriesOf = ({ data = {} }: KubeObject): AuditEntry[] =>
  Object.keys(data).filter((key) => /^e\d+$/.test(key)).sort().map((key) => auditEntry.safeParse(jsonOf(data[key])).data ?? unreadable(Number(key.slice(1))));

const unreadable = (seq: number): AuditEntry => ({
  time: "", actor: { user: "", person: "", host: "" }, via: "cli", action: "operation.end", outcome: "failed", reason: "can not be read", seq, prev: "", hash: "",
});

const startOf = ({ data }: KubeObject): Head => (jsonOf(data?.start) as Head | undefined) ?? noEntries;

/** Whether records can be written at all: where the environment never came up, nothing else is there either. */
export const hasPlace = async (kube: Kube): Promise<boolean> => (await kube.get(`/api/v1/namespaces/${control.namespace}`)) !== undefined;

/** Where a record belongs, and can not be written. */
export function withoutPlace(error: unknown): unknown {
  if (!(error instanceof KubeError) || error.status !== 404) return error;
  return new UserError(`there is no place for records yet: namespace ${control.namespace} comes with the environment's stack`, `Bring that up to date: ${storesCommand("cluster up")}`, "no-environment");
}

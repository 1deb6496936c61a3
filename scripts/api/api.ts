import type { ContainerLog, LogOptions } from "../operations/logs";
import type { StoreEvent } from "../operations/events";
import type { Audited, AuditQuery, Operation } from "../operations/history";
import type { Credentials } from "../operations/credentials";
import type { StoreDomain } from "../operations/domains";
import type { KeptPlan } from "../operations/kept-plan";
import type { ListEntry, ListText } from "../operations/list-text";
import type { RequestOptions } from "../operations/requests";
import type { PendingStore } from "../operations/pending";
import type { FleetMetrics } from "../operations/metrics";
import type { Denials, Note } from "./http/denials";
import type { Limit } from "./http/limits";
import type { Site } from "./http/site";
import type { Sessions } from "./http/sessions";
import type { TokenStore } from "./http/tokens";
import type { Caller } from "./http/caller";
import type { Look } from "./live/look";
import type { Streams } from "./live/streams";

/** What can be done to the fleet from here; the commands of `stores` do the same by the same operations. */
export interface FleetApi {
  events(store: string): Promise<StoreEvent[]>;
  logs(store: string, options: LogOptions): Promise<{ logs: ContainerLog[]; simulated: boolean }>;
  followLogs(store: string, options: LogOptions, onLine: (pod: string, container: string, line: string) => void, signal: AbortSignal): Promise<void>;
  domains(store: string): Promise<StoreDomain[]>;
  /** Noted down in the audit trail before it is known. */
  credentials(store: string, caller: Caller): Promise<Credentials>;
  operation(id: string): Promise<Operation>;
  audit(query: AuditQuery): Promise<Audited>;
  list(): Promise<ListText>;
  /** Undefined where the list does not have it, or can not be read. */
  entry(store: string): Promise<ListEntry | undefined>;
  metrics(): Promise<FleetMetrics>;

  /** What the list says and the cluster has not got yet. */
  pending(): Promise<PendingStore[]>;
  /** The list as it would be; nothing is written. */
  tryEdit(edit: { add: object } | { change: string; by: object }): Promise<ListText>;
  /** Each edits the list, where it has to, and leaves the work to the queue. */
  add(entry: { name: string }, options: RequestOptions, caller: Caller): Promise<Operation>;
  change(store: string, patch: object, options: RequestOptions, caller: Caller): Promise<Operation>;
  suspend(store: string, suspended: boolean, options: RequestOptions, caller: Caller): Promise<Operation>;
  remove(store: string, options: RequestOptions, caller: Caller): Promise<Operation>;
  apply(asked: { names?: string[]; prune?: boolean; maxDeletes?: number }, options: RequestOptions, caller: Caller): Promise<Operation>;
  plan(asked: { names?: string[]; prune?: boolean }, options: RequestOptions, caller: Caller): Promise<Operation>;
  /** What came of a plan. */
  planOf(operation: string): Promise<Pick<KeptPlan, "stores">>;
  /** Exactly what a plan says, or nothing. */
  applyPlan(operation: string, limits: { maxDeletes?: number }, options: RequestOptions, caller: Caller): Promise<Operation>;
  on(kind: "restart" | "verify" | "backup", store: string, options: RequestOptions, caller: Caller): Promise<Operation>;
  cancel(operation: string, caller: Caller): Promise<Operation>;
  /** @param expected the digest of the text that is replaced; absent: whatever is there */
  replaceList(text: string, expected: string | undefined, caller: Caller): Promise<ListText>;
}

/** All that handlers have at hand. */
export interface Api {
  env: string;
  fleet: FleetApi;
  /** The fleet as it is, looked at for all at once. */
  look: Look;
  streams: Streams;
  tokens: TokenStore;
  sessions: Sessions;
  limits: Record<"logins" | "writes" | "trials" | "credentials", Limit>;
  /** The dashboard. */
  site: Site;
  denials: Denials;
  /** Enters into the audit trail what is no change of the fleet. */
  note: Note;
  now(): number;
  /** Told what went wrong that should not have. */
  report(text: string): void;
}

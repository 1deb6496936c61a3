import type { ContainerLog, LogOptions } from "../operations/logs";
import type { StoreEvent } from "../operations/events";
import type { Audited, AuditQuery, Operation } from "../operations/history";
import type { Credentials } from "../operations/credentials";
import type { ListEntry, ListText } from "../operations/list-text";
import type { FleetMetrics } from "../operations/metrics";
import type { Limit } from "./http/limits";
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
  /** Noted down in the audit trail before it is known. */
  credentials(store: string, caller: Caller): Promise<Credentials>;
  operations(): Promise<Operation[]>;
  operation(id: string): Promise<Operation>;
  audit(query: AuditQuery): Promise<Audited>;
  list(): ListText;
  /** Undefined where the list does not have it, or can not be read. */
  entry(store: string): ListEntry | undefined;
  metrics(): Promise<FleetMetrics>;
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
  limits: Record<"logins" | "writes" | "credentials", Limit>;
  now(): number;
  /** Told what went wrong that should not have. */
  report(text: string): void;
}

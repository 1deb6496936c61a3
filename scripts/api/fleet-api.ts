import { credentials } from "../operations/credentials";
import { events } from "../operations/events";
import { audit, operation, operations } from "../operations/history";
import { entriesIn, readListText, type ListEntry } from "../operations/list-text";
import { followLogs, logs } from "../operations/logs";
import type { FleetMetrics } from "../operations/metrics";
import type { Scope } from "../operations/scope";
import type { FleetApi } from "./api";
import type { Caller } from "./http/caller";

/** The operations of one fleet, on behalf of who asks. */
export function fleetApi(scope: Scope, metrics: () => Promise<FleetMetrics>): FleetApi {
  const by = ({ name, address }: Caller): Scope => ({ ...scope, by: { via: "api", person: name, host: address } });
  let parsed: { digest: string; entries: Map<string, ListEntry> } | undefined;
  return {
    events: (store) => events(scope, store),
    logs: (store, options) => logs(scope, store, options),
    followLogs: (store, options, onLine, signal) => followLogs(scope, store, options, onLine, signal),
    credentials: (store, caller) => credentials(by(caller), store),
    operations: () => operations(scope),
    operation: (id) => operation(scope, id),
    audit: (query) => audit(scope, query),
    list: () => readListText(scope),
    entry(store) {
      const { text, digest } = readListText(scope);
      if (parsed?.digest !== digest) parsed = { digest, entries: entriesIn(text) };
      return parsed.entries.get(store);
    },
    metrics,
  };
}

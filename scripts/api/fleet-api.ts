import { credentials } from "../operations/credentials";
import { domains } from "../operations/domains";
import { events } from "../operations/events";
import { audit, operation } from "../operations/history";
import { entriesIn, writtenIn, readListText, type ListEntry } from "../operations/list-text";
import { refreshList } from "../operations/list-in-cluster";
import { followLogs, logs } from "../operations/logs";
import { pendingStores } from "../operations/pending";
import type { FleetMetrics } from "../operations/metrics";
import { onBehalf, type At } from "../operations/asked";
import { planOfOperation, requestPlan, requestPlanned } from "../operations/queued-plan";
import { replaceList, requestApply, requestChange, requestOn, requestRemoval, requestStore, requestSuspension, tryEdit } from "../operations/requests";
import type { Scope } from "../operations/scope";
import type { FleetApi } from "./api";
import type { Caller } from "./http/caller";

/** Whom records name. */
export const askerOf = ({ name, address }: Pick<Caller, "name" | "address">) => ({ via: "api" as const, person: name, host: address });

/** The operations of one fleet, on behalf of who asks. */
export function fleetApi(at: At, metrics: () => Promise<FleetMetrics>): FleetApi {
  const { scope } = at;
  const by = (caller: Caller): Scope => ({ ...scope, by: askerOf(caller) });
  const forCaller = (caller: Caller): At => onBehalf(at, askerOf(caller));
  const list = async () => {
    await refreshList(scope, at.session.kube);
    return readListText(scope);
  };
  let parsed: { digest: string; entries: Map<string, ListEntry> } | undefined;
  return {
    events: (store) => events(scope, store),
    logs: (store, options) => logs(scope, store, options),
    followLogs: (store, options, onLine, signal) => followLogs(scope, store, options, onLine, signal),
    domains: (store) => domains(scope, store),
    credentials: (store, caller) => credentials(by(caller), store),
    operation: (id) => operation(scope, id),
    audit: (query) => audit(scope, query),
    list,
    async entry(store) {
      const { text, digest } = await list();
      if (parsed?.digest !== digest) parsed = { digest, entries: entriesIn(text) };
      const found = parsed.entries.get(store);
      return found && { ...found, written: writtenIn(text, store) };
    },
    metrics,
    pending: () => pendingStores(scope, at.session),
    tryEdit: (edit) => tryEdit(at, edit),
    add: (entry, options, caller) => requestStore(forCaller(caller), entry, options),
    change: (store, patch, options, caller) => requestChange(forCaller(caller), store, patch, options),
    suspend: (store, suspended, options, caller) => requestSuspension(forCaller(caller), store, suspended, options),
    remove: (store, options, caller) => requestRemoval(forCaller(caller), store, options),
    apply: (asked, options, caller) => requestApply(forCaller(caller), asked, options),
    plan: (asked, options, caller) => requestPlan(forCaller(caller), asked, options),
    planOf: (id) => planOfOperation(at.session, id),
    applyPlan: (id, limits, options, caller) => requestPlanned(forCaller(caller), id, limits, options),
    on: (kind, store, options, caller) => requestOn(forCaller(caller), kind, store, options),
    cancel: (id, caller) => operation(by(caller), id, { cancel: true }),
    replaceList: (text, expected, caller) => replaceList(forCaller(caller), text, expected),
  };
}

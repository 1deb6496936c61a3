import { UserError } from "../../config/errors";
import type { StoreList } from "../../config/load";
import { parseStack, stackOf } from "../../config/names";
import { refuseForeignShell } from "../../config/shell";
import { listedStores } from "../../stores/listed";
import { deletionConcurrency } from "../engine/concurrency";
import { withRunContext } from "../engine/run-context";
import { runDecisions, type Anew } from "../engine/run-decisions";
import { openSession } from "../engine/session";
import { decideDestroy } from "../fleet/classify";
import { readEnvironment } from "../fleet/environment";
import { observeFleet } from "../fleet/observe";
import { withLosses, type Applied } from "./apply";
import { clusterAddressOf, requireConsent, type Consent } from "./deletion-guards";
import { askedFor, lastBackup } from "./last-backup";
import { waysOut } from "./protection";
import { hasPlace } from "./records/audit";
import { recordedDecisions, unrecordedDecisions } from "./records/of-stores";
import { lanes, type Listener, type Scope } from "./scope";

export interface DestroyOptions {
  /** Stores to remove, listed or not. */
  names: string[];
  /** In place of names: every store but those that list or cluster have as protected. */
  all?: boolean;
  concurrency?: number;
  /** false: nothing is saved before. @default true where the environment keeps backups */
  backup?: boolean;
  /** The record that waits for this. */
  queued?: string;
}

/** Seconds for Helm where no environment is up that would say. */
const helmTimeoutWithoutEnvironment = 600;

/** Removes stores with all their data, and looks that nothing is left. */
export async function destroy(scope: Scope, { names, all = false, concurrency, backup = true, queued }: DestroyOptions, consent: Consent, listener: Listener): Promise<Omit<Applied, "rollout">> {
  const { env } = scope;
  if (names.length > 0 === all) throw new UserError("say which stores: destroy NAME… or destroy --all, one of the two", undefined, "usage");
  // A stack may exist where no namespace does, so any store's name is accepted; but nothing else is.
  for (const name of names) parseStack(stackOf(env, name));
  const list = readableList(scope);
  const session = await openSession(scope);
  const observed = await observeFleet(session.kube, env);
  const { doomed, kept } = decideDestroy(names, observed, new Set(list.stores.filter(({ spec }) => spec.protected).map(({ spec }) => spec.name)));
  if (kept.length > 0 && !all) throw new UserError(`protected: ${kept.join(", ")}; nothing was destroyed`, waysOut(kept, list, observed), "protected");
  const decisionOf = (action: "delete" | "protected") => (name: string) => ({ name, action, observed: observed.get(name) });
  const decisions = [...doomed.map(decisionOf("delete")), ...kept.map(decisionOf("protected"))];
  const shared = await readEnvironment(session.kube, env);
  const saving = lastBackup(session, shared?.settings, backup, askedFor("destroy", names, "--all"));
  const losses = await requireConsent(session, decisions.filter(({ action }) => action === "delete"), consent, saving !== undefined);

  const how = { lanes: lanes(concurrency, listener.say, deletionConcurrency), helmTimeout: shared?.settings.helmTimeout ?? helmTimeoutWithoutEnvironment, queued };
  // Without an environment there is no place for records either; what its stores left goes all the same.
  const recordedOrNot = shared || (await hasPlace(session.kube)) ? recordedDecisions : unrecordedDecisions;
  const { stores, operation } = await recordedOrNot(session, "destroy", decisions, how, listener, (itsListener, record) =>
    withRunContext(session, how.helmTimeout, itsListener, (context) => runDecisions({ ...context, record, lastBackup: saving, named: names }, new Map(), decisions, asAgreed, how.lanes, listener.progress)),
  );
  return { env, cluster: clusterAddressOf(session), stores: withLosses(stores.map((store) => ({ ...store, why: [] })), losses), operation };
}

/** A store that somebody protected meanwhile stays, and so does one that nobody was asked about: of the same name, and made since. */
export const asAgreed: Anew = ({ name, action, observed }, now) => {
  if (now && now.uid !== observed?.uid) throw new UserError(`${name} was made anew meanwhile, so it stays`, undefined, "refused-deletion");
  return { name, action: now?.protected ? "protected" : action, observed: now };
};

/** While the list can not be read, nobody knows whom it protects; an orphan goes all the same, with a list that can. */
function readableList({ env, file }: Scope): StoreList {
  refuseForeignShell(env);
  try {
    return listedStores(env, file);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(error.message, "Nothing was destroyed: the list says which stores are protected. Mend it, or name its last good version: --file LIST", error.code);
  }
}

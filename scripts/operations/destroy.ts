import { UserError } from "../../config/errors";
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
import type { Applied } from "./apply";
import { lanes, type Consent, type Listener, type Scope } from "./scope";

export interface DestroyOptions {
  /** Stores to remove, listed or not. */
  names: string[];
  /** In place of names: every store but those that list or cluster have as protected. */
  all?: boolean;
  concurrency?: number;
}

/** Seconds for Helm where no environment is up that would say. */
const helmTimeoutWithoutEnvironment = 600;

/** Removes stores with all their data, and looks that nothing is left. */
export async function destroy(scope: Scope, { names, all = false, concurrency }: DestroyOptions, consent: Consent, listener: Listener): Promise<Applied> {
  const { env } = scope;
  if (names.length > 0 === all) throw new UserError("say which stores: destroy NAME… or destroy --all, one of the two", undefined, "usage");
  // A stack may exist where no namespace does, so any store's name is accepted; but nothing else is.
  for (const name of names) parseStack(stackOf(env, name));
  const listed = protectedByList(scope);
  const session = await openSession(env);
  const observed = await observeFleet(session.kube, env);
  const { doomed, kept } = decideDestroy(names, observed, listed);
  if (kept.length > 0 && !all) {
    throw new UserError(`protected: ${kept.join(", ")}; nothing was destroyed`, "Set protected: false in the list and apply, then destroy.", "protected");
  }
  if (doomed.length > 0) await consent(doomed);

  const shared = await readEnvironment(session.kube, env);
  const decisions = doomed.map((name) => ({ name, action: "delete" as const, observed: observed.get(name) }));
  const stores = await withRunContext(session, shared?.settings.helmTimeout ?? helmTimeoutWithoutEnvironment, listener.signal, (context) =>
    runDecisions(context, new Map(), decisions, unlessProtected, lanes(concurrency, listener.say, deletionConcurrency), listener.progress),
  );
  return { env, stores: stores.map((store) => ({ ...store, why: [] })) };
}

/** A store that somebody protected meanwhile stays. */
const unlessProtected: Anew = ({ name, action }, observed) => ({ name, action: observed?.protected ? "protected" : action, observed });

/** While the list can not be read, nobody knows whom it protects; an orphan goes all the same, with a list that can. */
function protectedByList({ env, file }: Scope): Set<string> {
  refuseForeignShell(env);
  try {
    return new Set(listedStores(env, file).stores.filter(({ spec }) => spec.protected).map(({ spec }) => spec.name));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(error.message, "Nothing was destroyed: the list says which stores are protected. Mend it, or name its last good version: --file LIST", error.code);
  }
}

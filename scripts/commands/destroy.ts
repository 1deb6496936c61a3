import type { Command } from "commander";
import { UserError } from "../../config/errors";
import { parseStack, stackOf } from "../../config/names";
import { refuseForeignShell } from "../../config/shell";
import { listedStores } from "../../stores/listed";
import { applyFleet, type Anew } from "../engine/apply";
import { deletionConcurrency } from "../engine/concurrency";
import { withEngine } from "../engine/fleet-run";
import { openSession } from "../engine/session";
import { decideDestroy } from "../fleet/classify";
import { readEnvironment } from "../fleet/environment";
import { observeFleet } from "../fleet/observe";
import { progress } from "../ui/progress";
import { duration, firstLine, table } from "../ui/table";
import { confirm, exitCodes, interruptible, parseConcurrency, print, printJson, withCommon, type Common } from "./common";

interface DestroyFlags extends Common {
  all?: boolean;
  yes?: boolean;
  concurrency?: number;
}

const helmTimeoutWithoutEnvironment = 600;

export function destroyCommand(program: Command): void {
  withCommon(program.command("destroy"))
    .description("remove stores with all their data, and look that nothing is left")
    .argument("[names...]", "stores to remove, listed or not")
    .option("--all", "every store of the environment but those that list or cluster have as protected")
    .option("--yes", "do not ask")
    .option("--concurrency <n>", "stores at a time", parseConcurrency)
    .action(async (names: string[], flags: DestroyFlags) => {
      if (names.length > 0 === (flags.all ?? false)) throw new UserError("say which stores: destroy NAME… or destroy --all, one of the two");
      // A stack may exist where no namespace does, so any store's name is accepted; but nothing else is.
      for (const name of names) parseStack(stackOf(flags.env, name));
      const listed = protectedByList(flags);
      const session = await openSession(flags.env);
      const observed = await observeFleet(session.kube, flags.env);
      const { doomed, kept } = decideDestroy(names, observed, listed);
      if (kept.length > 0 && !flags.all) {
        throw new UserError(`protected: ${kept.join(", ")}; nothing was destroyed`, "Set protected: false in the list and apply, then destroy.");
      }
      if (doomed.length > 0 && !flags.yes) await confirm(`Destroy ${doomed.join(", ")} with all data?`, "--yes");

      const shared = await readEnvironment(session.kube, flags.env);
      const decisions = doomed.map((name) => ({ name, action: "delete" as const, observed: observed.get(name) }));
      const results = await interruptible((signal) =>
        withEngine(session, shared?.settings.helmTimeout ?? helmTimeoutWithoutEnvironment, signal, (engine) =>
          applyFleet(engine, new Map(), decisions, unlessProtected, deletionConcurrency(flags.concurrency), progress()),
        ),
      );
      if (flags.json) printJson({ env: flags.env, stores: results });
      else if (results.length === 0) print("Nothing to destroy.");
      else print(table(["STORE", "RESULT", "TIME", ""], results.map(({ name, result, seconds, error }) => [name, result, duration(seconds), firstLine(error ?? "nothing left", 200)])));
      if (process.exitCode === undefined && results.some(({ result }) => result === "failed")) process.exitCode = exitCodes.failed;
    });
}

/** A store that somebody protected meanwhile stays. */
const unlessProtected: Anew = ({ name, action }, observed) => ({ name, action: observed?.protected ? "protected" : action, observed });

/** While the list can not be read, nobody knows whom it protects; an orphan goes all the same, with a list that can. */
function protectedByList({ env, file }: DestroyFlags): Set<string> {
  refuseForeignShell(env);
  try {
    return new Set(listedStores(env, file).stores.filter(({ spec }) => spec.protected).map(({ spec }) => spec.name));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(error.message, "Nothing was destroyed: the list says which stores are protected. Mend it, or name its last good version: --file LIST");
  }
}

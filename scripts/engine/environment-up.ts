import { UserError } from "../../config/errors";
import { environmentDigest } from "../../infra/digest";
import { readEnvironment } from "../fleet/environment";
import { withEngine } from "./fleet-run";
import { perform, target } from "./reconcile";
import type { Session } from "./session";

/** Brings up the environment's own stack, unless its receipt says that nothing changed. */
export async function environmentUp(session: Session, helmTimeout: number, signal: AbortSignal, log: (line: string) => void): Promise<void> {
  const { env, kube } = session;
  const receipt = await readEnvironment(kube, env);
  if (receipt?.digest === environmentDigest(env)) return log(`environment ${env}: up to date`);
  log(`environment ${env}: bringing up its stack`);
  const outcome = await withEngine(session, helmTimeout, signal, (engine) =>
    perform(engine, "", { kind: "up", ...target(engine, env), fresh: !receipt }, (text) => log(`environment ${env}: ${text}`)),
  );
  if (outcome.failure) throw new UserError(`environment ${env}: ${outcome.failure.message}`);
  log(`environment ${env}: ready`);
}

import { mailCatcher, type EnvironmentSettings } from "../../config/environment";
import { UserError } from "../../config/errors";
import { environmentDigest } from "../../infra/digest";
import { readEnvironment } from "../fleet/environment";
import { withEngine } from "./fleet-run";
import { perform, target } from "./reconcile";
import { runCli } from "./run-cli";
import { workFolder, type Session } from "./session";

/** Brings up the environment's own stack, unless its receipt says that nothing changed. */
export async function environmentUp(session: Session, settings: EnvironmentSettings, signal: AbortSignal, log: (line: string) => void): Promise<void> {
  const { env, kube } = session;
  const receipt = await readEnvironment(kube, env);
  const known = receipt !== undefined && (await hasStack(session));
  if (known && receipt.digest === environmentDigest(env)) return log(`environment ${env}: up to date`);
  log(`environment ${env}: bringing up its stack`);
  const outcome = await withEngine(session, settings.helmTimeout, signal, (engine) =>
    perform(engine, namespacesOf(settings), { kind: "up", ...target(engine, env), fresh: !known }, (text) => log(`environment ${env}: ${text}`)),
  );
  if (outcome.failure) throw new UserError(`environment ${env}: ${outcome.failure.message}`);
  log(`environment ${env}: ready`);
}

/** Where the environment's own releases are. */
function namespacesOf({ ingress, mailCatcher: caught }: EnvironmentSettings): string[] {
  return [...(ingress.install ? [ingress.controllerNamespace] : []), ...(caught ? [mailCatcher.namespace] : [])];
}

/** The receipt is the cluster's; the state may be another one than it was written with, or gone. Stores ask it for the settings. */
async function hasStack(session: Session): Promise<boolean> {
  const { env } = session;
  try {
    await runCli({ session, workFolder: workFolder(env) }, ["stack", "--show-name", "--stack", env], `stack ${env} can not be looked at`);
    return true;
  } catch (error) {
    if (error instanceof UserError && error.message.includes("no stack named")) return false;
    throw error;
  }
}

import type { Command } from "commander";
import { UserError } from "../../config/errors";
import { mailCatcher, mailCatcherUrl, type EnvironmentSettings } from "../../config/environment";
import { engineNames } from "../../config/spec";
import { storesCommand } from "../../config/stores-command";
import { openSession, type Session } from "../engine/session";
import { readEnvironment } from "../fleet/environment";
import { secretText } from "../fleet/kube";
import { mailLogin } from "../fleet/mail-login";
import type { StoreStatus } from "../fleet/status";
import { out } from "../ui/colours";
import { duration } from "../ui/table";
import { verify, type Target } from "../verify";
import type { StepReport } from "../verify/steps";
import { exitCodes, interruptible, note, print, printJson, withCommon, type Common } from "./common";
import { readStatus, simulationNote } from "./status";

/** Milliseconds for one request, and for an order's e-mail. */
const patience = 15_000;

export function verifyCommand(program: Command): void {
  withCommon(program.command("verify"))
    .description("prove that a store sells: a real order, cash on delivery, which is cancelled again")
    .argument("<name>")
    .action(async (name: string, flags: Common) => {
      const target = await targetOf(await openSession(flags.env), name, flags);
      const say = flags.json ? note : print;
      const result = await interruptible((signal) => verify(target, (report) => say(lineOf(report)), signal), "stopping: what was ordered is cancelled first; once more to leave at once");
      if (flags.json) printJson(result);
      else print(result.passed ? `${name} sells (${duration(result.seconds)})` : `${name} is not proven to sell; more: ${storesCommand(`logs ${name}`)}`);
      if (!result.passed) process.exitCode ??= exitCodes.failed;
    });
}

const marks = { passed: out.green("✓"), failed: out.red("✗"), skipped: out.dim("-") };

const lineOf = ({ step, result, seconds, detail }: StepReport) =>
  `${marks[result]} ${step.padEnd(10)}  ${(result === "skipped" ? "" : duration(seconds)).padStart(5)}  ${result === "skipped" ? out.dim(`skipped: ${detail}`) : detail}`;

/** Everything that verifying takes, for a store that has to be READY. */
export async function targetOf(session: Session, name: string, flags: Common): Promise<Target> {
  if (session.cluster.simulated) throw new UserError(`nothing can be bought in ${name}`, simulationNote);
  const [row] = await readStatus(session, flags, [name]);
  if (!row) throw new UserError(`there is no store "${name}"`);
  const engine = engineNames.find((known) => known === row.engine);
  if (!engine) throw new UserError(`${name} is a ${row.engine} store, and verify knows none of those`, `It knows: ${engineNames.join(", ")}.`);
  const look = storesCommand(`status ${name}`);
  if (row.phase !== "READY") throw new UserError(`${name} is ${row.phase}${row.reason ? `: ${row.reason}` : ""}`, `Only a store that is READY can be verified. ${look}`);

  const shared = await readEnvironment(session.kube, flags.env);
  if (!shared) throw new UserError(`the environment's stack is not up on this cluster`, storesCommand("cluster up"));
  const [username = "", password = ""] = await secretValues(session, row, `${engine}-admin`, ["username", "password"], "nobody can log in to look at the order");
  // The one that the storefront has: another would not prove that it can sell.
  const [publishableKey] = engine === "medusa" ? await secretValues(session, row, "medusa-storefront", ["publishable-key"], "the storefront can not ask the store API") : [];
  return {
    name, engine, url: row.url,
    admin: { username, password },
    publishableKey,
    mail: await mailOf(session, shared.settings),
    access: { ports: session.cluster.ingressPorts, timeout: patience },
    mailWait: patience,
  };
}

/** Values of a Secret of a store, all of which have to be there. */
async function secretValues({ kube }: Session, { name, namespace }: StoreStatus, secret: string, keys: string[], so: string): Promise<string[]> {
  const found = await kube.get(`/api/v1/namespaces/${namespace}/secrets/${secret}`);
  const missing = keys.find((key) => !found?.data?.[key]);
  if (!found || missing !== undefined) throw new UserError(`the Secret ${secret} of ${name} ${found ? `has no ${missing}` : "is gone"}, so ${so}`, `Look into namespace ${namespace}.`);
  return keys.map((key) => secretText(found, key));
}

/** The catcher's page, where the stores' mail goes there. */
async function mailOf({ kube }: Session, settings: EnvironmentSettings): Promise<Target["mail"]> {
  const { host } = settings.smtp;
  const caught = settings.mailCatcher && host.startsWith(`${mailCatcher.service}.${mailCatcher.namespace}.`);
  return caught ? { catcher: mailCatcherUrl(settings), login: await mailLogin(kube, settings) } : { server: host };
}

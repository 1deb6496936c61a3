import type { Command } from "commander";
import { UserError } from "../../config/errors";
import { mailCatcher, mailCatcherUrl, type EnvironmentSettings } from "../../config/environment";
import { openSession, type Session } from "../engine/session";
import { readEnvironment } from "../fleet/environment";
import { out } from "../ui/colours";
import { duration } from "../ui/table";
import { verifiableEngine, verify, type Target } from "../verify";
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
      else print(result.passed ? `${name} sells (${duration(result.seconds)})` : `${name} is not proven to sell; more: ./scripts/stores logs ${name} --env ${flags.env}`);
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
  const engine = verifiableEngine(name, row.engine);
  const look = `./scripts/stores status ${name} --env ${flags.env}`;
  if (row.phase !== "READY") throw new UserError(`${name} is ${row.phase}${row.reason ? `: ${row.reason}` : ""}`, `Only a store that is READY can be verified. ${look}`);

  const [secret, shared] = await Promise.all([
    session.kube.get(`/api/v1/namespaces/${row.namespace}/secrets/${engine}-admin`),
    readEnvironment(session.kube, flags.env),
  ]);
  if (!secret) throw new UserError(`the Secret ${engine}-admin of ${name} is gone, so nobody can log in to look at the order`, `Look into namespace ${row.namespace}.`);
  if (!shared) throw new UserError(`the environment's stack is not up on this cluster`, `./scripts/stores cluster up --env ${flags.env}`);
  const text = (key: string) => Buffer.from(secret.data?.[key] ?? "", "base64").toString("utf8");
  return {
    name, engine, url: row.url,
    admin: { username: text("username"), password: text("password") },
    mail: mailOf(shared.settings),
    access: { ports: session.cluster.ingressPorts, timeout: patience },
    mailWait: patience,
  };
}

/** The catcher's page, where the stores' mail goes there. */
function mailOf(settings: EnvironmentSettings): Target["mail"] {
  const { host } = settings.smtp;
  const caught = settings.mailCatcher && host.startsWith(`${mailCatcher.service}.${mailCatcher.namespace}.`);
  return caught ? { catcher: mailCatcherUrl(settings) } : { server: host };
}

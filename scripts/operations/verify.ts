import { mailCatcher, mailCatcherUrl, type EnvironmentSettings } from "../../config/environment";
import { UserError } from "../../config/errors";
import { engineNames } from "../../config/spec";
import { storesCommand } from "../../config/stores-command";
import { receiptName } from "../../stores/labels";
import { openSession, type Session } from "../engine/session";
import { adminOf } from "../fleet/admin-login";
import { readEnvironment } from "../fleet/environment";
import { mailLogin } from "../fleet/mail-login";
import type { StoreStatus } from "../fleet/status";
import { secretText } from "../../kube";
import { verify, type Verification } from "../shops/verify";
import type { StepReport } from "../shops/verify/steps";
import type { ShopToVerify } from "../shops/verify/target";
import { recordedVerification, type OneListener } from "./records/of-stores";
import type { Scope } from "./scope";
import { readStatus, simulationNote } from "./status";

export type { StepReport };

/** Milliseconds for one request, and for an order's e-mail: Medusa's worker, which sends it, has little of a busy node. */
const patience = { request: 15_000, mail: 60_000 };

/** Proves that a store sells: a real order, which is cancelled again. */
export async function verifyStore(scope: Scope, name: string, onStep: (report: StepReport) => void, listener: OneListener): Promise<Verification> {
  const session = await openSession(scope);
  const shop = await shopToVerify(session, scope, name);
  return recordedVerification(session, name, listener, (signal) => verify(shop, onStep, signal));
}

/** Everything that verifying takes, for a store that has to be READY. */
export async function shopToVerify(session: Session, scope: Scope, name: string): Promise<ShopToVerify> {
  if (session.cluster.simulated) throw new UserError(`nothing can be bought in ${name}`, simulationNote, "not-ready");
  const { stores: [row] } = await readStatus(session, scope, [name]);
  if (!row) throw new UserError(`there is no store "${name}"`, undefined, "unknown-store");
  const engine = engineNames.find((known) => known === row.engine);
  if (!engine) throw new UserError(`${name} is a ${row.engine} store, and verify knows none of those`, `It knows: ${engineNames.join(", ")}.`);
  const look = storesCommand(`status ${name}`);
  if (row.phase !== "READY") throw new UserError(`${name} is ${row.phase}${row.reason ? `: ${row.reason}` : ""}`, `Only a store that is READY can be verified. ${look}`, "not-ready");

  const shared = await readEnvironment(session.kube, scope.env);
  if (!shared) throw new UserError(`the environment's stack is not up on this cluster`, storesCommand("cluster up"), "no-environment");
  const admin = adminOf(await session.kube.get(`/api/v1/namespaces/${row.namespace}/configmaps/${receiptName}`), engine);
  const [password = "", username = ""] = await secretValues(session, row, admin.secret, ["password", ...(admin.username === undefined ? ["username"] : [])], "nobody can log in to look at the order");
  // The one that the storefront has: another would not prove that it can sell.
  const [publishableKey] = engine === "medusa" ? await secretValues(session, row, "medusa-storefront", ["publishable-key"], "the storefront can not ask the store API") : [];
  return {
    name, engine, url: row.url,
    admin: { username: admin.username ?? username, password },
    publishableKey,
    mail: await mailOf(session, shared.settings),
    access: { ports: session.cluster.ingressPorts, timeout: patience.request },
    mailWait: patience.mail,
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
async function mailOf({ kube }: Session, settings: EnvironmentSettings): Promise<ShopToVerify["mail"]> {
  const { host } = settings.smtp;
  const caught = settings.mailCatcher && host.startsWith(`${mailCatcher.service}.${mailCatcher.namespace}.`);
  return caught ? { catcher: mailCatcherUrl(settings), login: await mailLogin(kube, settings) } : { server: host };
}

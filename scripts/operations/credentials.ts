import { mailCatcher, mailCatcherUrl } from "../../config/environment";
import { UserError } from "../../config/errors";
import { storesCommand } from "../../config/stores-command";
import { receiptName } from "../../stores/labels";
import { openSession } from "../engine/session";
import { adminOf } from "../fleet/admin-login";
import { readEnvironment } from "../fleet/environment";
import { mailLogin } from "../fleet/mail-login";
import { secretText } from "../../kube";
import { noteDown } from "./records/of-stores";
import { findStore } from "./running-store";
import type { Scope } from "./scope";

/** What the mail catcher is called where a store's name is asked for. */
export const mailCatcherName = mailCatcher.service;

export interface Credentials {
  name: string;
  url: string;
  adminUrl?: string;
  username?: string;
  password?: string;
}

/** Address and administrator of a store, or who reads what the mail catcher has. */
export const credentials = (scope: Scope, name: string): Promise<Credentials> => (name === mailCatcherName ? mailCredentials(scope) : storeCredentials(scope, name));

async function storeCredentials(scope: Scope, name: string): Promise<Credentials> {
  const { session, store } = await findStore(scope, name);
  const { kube } = session;
  const inNamespace = `/api/v1/namespaces/${store.namespace}`;
  const receipt = await kube.get(`${inNamespace}/configmaps/${receiptName}`);
  const admin = adminOf(receipt, store.engine);
  const secret = await kube.get(`${inNamespace}/secrets/${admin.secret}`);
  if (!secret || !receipt) throw new UserError(`${name} is not ready yet, so it has no credentials`, storesCommand(`status ${name}`), "not-ready");
  await noteDown(session, { action: "credentials.read", store: name });
  const { url = "", adminUrl = "" } = receipt.data ?? {};
  return { name, url, adminUrl, username: admin.username ?? secretText(secret, "username"), password: secretText(secret, "password") };
}

async function mailCredentials(scope: Scope): Promise<Credentials> {
  const { env } = scope;
  const session = await openSession(scope);
  const { kube } = session;
  const settings = (await readEnvironment(kube, env))?.settings;
  if (!settings?.mailCatcher) throw new UserError(`the environment "${env}" has no mail catcher`, `With mailCatcher: true in its settings: ${storesCommand("cluster up")}`, "unknown-store");
  const login = await mailLogin(kube, settings);
  if (login) await noteDown(session, { action: "credentials.read", store: mailCatcherName });
  return { name: mailCatcherName, url: mailCatcherUrl(settings), ...login };
}

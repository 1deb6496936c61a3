import { lookup } from "node:dns/promises";
import { setTimeout as delay } from "node:timers/promises";
import { ingressServiceOn, settingsFile, type EnvironmentSettings } from "../../config/environment";
import type { EnvironmentName } from "../../config/names";
import { rangeOf, unreachableMail } from "../../stores/mail";
import type { Cause } from "../fleet/causes";

/** Milliseconds: it is only a remark. */
const patience = 3000;

/** The addresses of a host as this machine's DNS has them; none while it does not say. */
async function addressesOf(host: string): Promise<string[]> {
  const found = lookup(host, { all: true }).then((all) => all.map(({ address }) => address), () => []);
  return Promise.race([found, delay(patience, [], { ref: false })]);
}

/** What to say of a mail server whose address the stores' network policies do not let through, though mail would only be late and then gone. */
export async function mailRemark(env: EnvironmentName, settings: EnvironmentSettings, resolve = addressesOf): Promise<string | undefined> {
  if (settings.mailCatcher) return undefined;
  const { host, cidrs } = settings.smtp;
  const blocked = unreachableMail(settings, await resolve(host));
  if (blocked.length === 0) return undefined;
  const why = cidrs ? "which is not in smtp.cidrs" : "a private address, which stores do not reach";
  return `mail will not leave the stores: ${host} is at ${blocked.join(", ")}, ${why}. Set smtp.cidrs: [${[...(cidrs ?? []), ...blocked.map(rangeOf)].map((it) => JSON.stringify(it)).join(", ")}] in ${settingsFile(env)}`;
}

/** What to say of minikube, whose ports reach this machine through a program of its own only; Helm waits for it, so before it is asked. */
export function ingressRemark(env: EnvironmentName, { ingress }: EnvironmentSettings, context: string): string | undefined {
  if (context !== "minikube" || !ingress.install) return undefined;
  const tunnel = "keep `minikube tunnel` running in another terminal, or no address of a store answers";
  return ingressServiceOn(context, ingress) === "LoadBalancer" ? tunnel : `set ingress.service: LoadBalancer in ${settingsFile(env)} and ${tunnel}`;
}

/** What to say where it is the program that changed, and not what anybody asked for: a new version of Storefleet, or an edit of this checkout. */
export function programRemark(causes: Cause[][]): string | undefined {
  const count = causes.filter((all) => all.length > 0 && all.every(({ cause }) => cause === "program")).length;
  if (count === 0) return undefined;
  return `${count === 1 ? "1 store" : `${count} stores`}: this checkout's program is another than the one that made ${count === 1 ? "it" : "them"}; list and settings are as they were`;
}

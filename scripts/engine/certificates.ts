import { hasWildcard, mailCatcher, type EnvironmentSettings } from "../../config/environment";
import { UserError } from "../../config/errors";
import type { EnvironmentName } from "../../config/names";
import { storesCommand } from "../../config/stores-command";
import { requireIssuer, wildcard, wildcardHost } from "../../infra/certificates";
import { pathOfPart } from "../../infra/part-name";
import { certificateFor, hostCertificate, readCertificates } from "../fleet/certificates";
import { observeFleet } from "../fleet/observe";
import { until } from "../machine/os/until";
import type { Kube } from "../../kube";

const ingressesIn = (namespace: string) => `/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses`;
const certificatesIn = (namespace: string) => `/apis/cert-manager.io/v1/namespaces/${namespace}/certificates`;
const secretsIn = (namespace: string) => `/api/v1/namespaces/${namespace}/secrets`;

/** Before a store is touched: who is to issue its certificates can, and the one for all generated hosts is there already. */
export async function requireCertificates(kube: Kube, env: EnvironmentName, settings: EnvironmentSettings): Promise<void> {
  await requireIssuer(env, settings, (part) => kube.get(pathOfPart(part)));
  if (!hasWildcard(settings)) return;
  const { ready, reason } = await wildcardNow(kube, env, settings);
  if (!ready) throw new UserError(`${reason}\nWithout it no store could be reached; none was touched.`, `Bring it about, and run the same command again: ${storesCommand("cluster up", { env })}`, "no-certificate");
}

/** One that has run out is no news to any store. */
async function wildcardNow(kube: Kube, env: EnvironmentName, settings: EnvironmentSettings) {
  const found = hostCertificate((await readCertificates(kube, env)) ?? [], wildcard.namespace, wildcardHost(settings));
  return { ...found, ready: found.ready || (found.notAfter !== null && Date.parse(found.notAfter) < Date.now()) };
}

/** Brings what the environment's stack has asked for to an end: the certificate of all hosts is there, and what nobody needs any more is gone. */
export async function settleCertificates(kube: Kube, env: EnvironmentName, settings: EnvironmentSettings, signal: AbortSignal, log: (line: string) => void): Promise<void> {
  await awaitWildcard(kube, env, settings, signal, log);
  await dropIdleWildcard(kube, env, settings, log);
  if (settings.mailCatcher) await dropUnusedSecrets(kube, mailCatcher.namespace);
}

/** Waits for the certificate of all generated hosts; says why, where there will be none. */
async function awaitWildcard(kube: Kube, env: EnvironmentName, settings: EnvironmentSettings, signal: AbortSignal, log: (line: string) => void): Promise<void> {
  if (!hasWildcard(settings)) return;
  const host = wildcardHost(settings);
  let said = false;
  let last = await wildcardNow(kube, env, settings);
  const decided = async () => {
    last = await wildcardNow(kube, env, settings);
    if (!last.ready && !said) log(`environment ${env}: waiting for the certificate of ${host}`);
    said = true;
    return last.ready || last.failed;
  };
  await until(decided, { within: settings.helmTimeout * 1000, every: 1000, signal });
  if (!last.ready) throw new UserError(`environment ${env}: ${last.reason}`, "No store was touched. Mend it, and run the same command again.");
}

/** Without the setting, the certificate of all generated hosts goes as soon as no store lives on it. */
async function dropIdleWildcard(kube: Kube, env: EnvironmentName, settings: EnvironmentSettings, log: (line: string) => void): Promise<void> {
  const path = `${ingressesIn(wildcard.namespace)}/${wildcard.name}`;
  if (hasWildcard(settings) || !(await kube.get(path))) return;
  const [fleet, certificates] = await Promise.all([observeFleet(kube, env), readCertificates(kube, env)]);
  const lives = [...fleet.values()].filter(({ namespace, receipt }) => {
    const { protocol, hostname } = new URL(receipt?.url ?? "http://none");
    const covering = certificateFor(certificates ?? [], namespace, hostname);
    return protocol === "https:" && !(covering?.namespace === namespace && covering.ready);
  });
  if (lives.length > 0) {
    const some = `${lives.length === 1 ? "1 store has" : `${lives.length} stores have`} none of their own yet`;
    return log(`environment ${env}: the certificate of all hosts stays, since ${some}: after ${storesCommand("apply", { env })}, this command again removes it`);
  }
  await kube.remove(path);
  await dropUnusedSecrets(kube, wildcard.namespace);
  log(`environment ${env}: removed the certificate of all hosts, which no store needs any more`);
}

/**
 * cert-manager deletes a Certificate whose Ingress names it no more, and leaves its Secret. One whose Certificate stays, since cert-manager
 * does not run, is left for the next time.
 */
export async function dropUnusedSecrets(kube: Kube, namespace: string): Promise<void> {
  const secrets = await kube.list(secretsIn(namespace), { labels: "controller.cert-manager.io/fao=true", fields: "type=kubernetes.io/tls", metadataOnly: true });
  if (secrets.length === 0) return;
  const ingresses = await kube.list(ingressesIn(namespace));
  const used = new Set(ingresses.flatMap(({ spec }) => ((spec?.tls ?? []) as { secretName?: string }[]).map(({ secretName }) => secretName)));
  for (const { metadata: { name, uid, annotations } } of secrets) {
    const certificate = annotations?.["cert-manager.io/certificate-name"];
    if (!certificate || used.has(name)) continue;
    const gone = async () => (await kube.get(`${certificatesIn(namespace)}/${certificate}`)) === undefined;
    if (await until(gone, { within: 10_000, every: 250 })) await kube.remove(`${secretsIn(namespace)}/${name}`, uid);
  }
}

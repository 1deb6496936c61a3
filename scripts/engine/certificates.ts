import { hasWildcard, mailCatcher, type EnvironmentSettings } from "../../config/environment";
import { UserError } from "../../config/errors";
import type { EnvironmentName } from "../../config/names";
import { storesCommand } from "../../config/stores-command";
import { requireIssuer, wildcard, wildcardHost } from "../../infra/certificates";
import { pathOfPart } from "../../infra/part-name";
import { certificateFor, hostCertificate, listIfThere, readCertificates } from "../fleet/certificates";
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
  if (settings.mailCatcher) await dropUnused(kube, mailCatcher.namespace);
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
  await dropUnused(kube, wildcard.namespace);
  log(`environment ${env}: removed the certificate of all hosts, which no store needs any more`);
}

/**
 * cert-manager leaves the Secret of a Certificate that is gone, and the Certificate too where its Ingress has lost the issuer's annotation,
 * and renews that for ever. What an Ingress has brought about and none names any more goes here.
 */
export async function dropUnused(kube: Kube, namespace: string): Promise<void> {
  const secrets = await kube.list(secretsIn(namespace), { labels: "controller.cert-manager.io/fao=true", metadataOnly: true });
  if (secrets.length === 0) return;
  const [ingresses, certificates = []] = await Promise.all([kube.list(ingressesIn(namespace)), listIfThere(kube, certificatesIn(namespace))]);
  const used = new Set(ingresses.flatMap(({ spec }) => ((spec?.tls ?? []) as { secretName?: string }[]).map(({ secretName }) => secretName)));
  for (const { metadata: { name, uid, annotations } } of secrets) {
    const certificate = certificates.find(({ spec }) => spec?.secretName === name);
    const ofIngress = certificate ? certificate.metadata.ownerReferences?.some(({ kind }) => kind === "Ingress") : annotations?.["cert-manager.io/certificate-name"] !== undefined;
    if (used.has(name) || !ofIngress) continue;
    if (certificate) await kube.remove(`${certificatesIn(namespace)}/${certificate.metadata.name}`, certificate.metadata.uid);
    await kube.remove(`${secretsIn(namespace)}/${name}`, uid);
  }
}

import type { EnvironmentName } from "../../config/names";
import { readiness, wildcard } from "../../infra/certificates";
import { labels } from "../../stores/labels";
import { KubeError, type Kube, type KubeObject } from "../../kube";
import { mendSeparator } from "./finding";

/** A Certificate of cert-manager, as far as somebody looks at it. */
export interface Certificate {
  namespace: string;
  name: string;
  hosts: string[];
  /** There is one, for these hosts, that holds. */
  ready: boolean;
  /** When the one that there is ends, ISO 8601; null while there was none. */
  notAfter: string | null;
  /** It was tried and came to nothing, be it for the first time or for a renewal. */
  failed: boolean;
  /** Why it is not ready, or not renewed, in the words of who knows best, and how to look further. */
  reason?: string;
}

/** What a browser gets at a host of a store. */
export interface HostCertificate {
  host: string;
  notAfter: string | null;
  reason: string | null;
}

const ofIssuing = "/apis/cert-manager.io/v1";
const ofAcme = "/apis/acme.cert-manager.io/v1";

/** The certificates of an environment in one call, and in two more where one is not well; undefined where there is no cert-manager, or this account must not look. */
export async function readCertificates(kube: Kube, env: EnvironmentName): Promise<Certificate[] | undefined> {
  const certificates = await listIfThere(kube, `${ofIssuing}/certificates`, { labels: `${labels.env}=${env}` });
  if (!certificates) return undefined;
  const unwell = certificates.some((it) => !isWell(it));
  const [orders = [], challenges = []] = unwell ? await Promise.all(["orders", "challenges"].map((kind) => listIfThere(kube, `${ofAcme}/${kind}`))) : [];
  return certificates.map((it) => certificateOf(it, orders.filter(isIn(it)), challenges.filter(isIn(it))));
}

const isIn = ({ metadata: { namespace } }: KubeObject) => (other: KubeObject) => other.metadata.namespace === namespace;

/** Undefined where nothing of that kind can be there, or this account must not look. */
export async function listIfThere(kube: Kube, path: string, selection = {}): Promise<KubeObject[] | undefined> {
  try {
    return await kube.list(path, selection);
  } catch (error) {
    if (error instanceof KubeError && (error.status === 404 || error.status === 403)) return undefined;
    throw error;
  }
}

/** One of the authority before, where the settings name another now, holds as long as it lasts. */
const isReady = (certificate: KubeObject) => {
  const { status, reason } = readiness(certificate) ?? {};
  return status === "True" || (reason === "IncorrectIssuer" && Date.parse(certificate.status?.notAfter as string) > Date.now());
};
/** A failure stays noted until the next success. */
const isWell = (certificate: KubeObject) => readiness(certificate)?.status === "True" && certificate.status?.lastFailureTime === undefined;

function certificateOf(certificate: KubeObject, orders: KubeObject[], challenges: KubeObject[]): Certificate {
  const { metadata: { name, namespace = "" }, spec, status } = certificate;
  const hosts = (spec?.dnsNames ?? []) as string[];
  const seen = { namespace, name, hosts, ready: isReady(certificate), notAfter: (status?.notAfter as string | undefined) ?? null, failed: status?.lastFailureTime !== undefined };
  if (isWell(certificate)) return seen;
  const why = reasonOf(certificate, orders, challenges);
  return { ...seen, failed: seen.failed || why.failed, reason: [why.text, `kubectl describe ${why.object} -n ${namespace}`].join(mendSeparator) };
}

/** The Challenge knows best: it is the one that was refused. Then the Order, then the Certificate. */
function reasonOf(certificate: KubeObject, orders: KubeObject[], challenges: KubeObject[]): { text: string; object: string; failed: boolean } {
  const { metadata: { name }, spec, status } = certificate;
  const hosts = ((spec?.dnsNames ?? []) as string[]).map((host) => host.replace(/^\*\./, ""));
  const final = ({ status: its }: KubeObject) => ["invalid", "errored", "expired"].includes(its?.state as string);
  const challenge = newest(challenges.filter((it) => hosts.includes(it.spec?.dnsName as string) && it.status?.reason && it.status.state !== "valid"));
  if (challenge) return { text: `${challenge.spec?.type} challenge: ${oneLine(challenge.status?.reason)}`, object: `challenge ${challenge.metadata.name}`, failed: final(challenge) };
  const order = newest(orders.filter((it) => it.metadata.annotations?.["cert-manager.io/certificate-name"] === name));
  if (order && final(order) && order.status?.reason) return { text: `order: ${oneLine(order.status.reason)}`, object: `order ${order.metadata.name}`, failed: true };
  const issuing = ((status?.conditions ?? []) as { type: string; reason?: string; message?: string }[]).find(({ type, reason }) => type === "Issuing" && reason === "Failed");
  const text = issuing?.message ?? readiness(certificate)?.message ?? "cert-manager says nothing of it";
  return { text: oneLine(text), object: `certificate ${name}`, failed: issuing !== undefined };
}

const newest = (objects: KubeObject[]) => [...objects].sort((a, b) => b.metadata.creationTimestamp.localeCompare(a.metadata.creationTimestamp))[0];
const oneLine = (text: unknown) => String(text).replace(/\s+/g, " ").trim();

/** What covers a host of a store: its own certificate, else the wildcard. */
export function certificateFor(certificates: Certificate[], namespace: string, host: string): Certificate | undefined {
  const own = certificates.find((it) => it.namespace === namespace && it.hosts.includes(host));
  return own ?? certificates.find((it) => it.namespace === wildcard.namespace && it.hosts.includes(host.replace(/^[^.]+/, "*")));
}

/** What is to be told of a host that is to answer on https. */
export function hostCertificate(certificates: Certificate[], namespace: string, host: string): HostCertificate & { ready: boolean; failed: boolean } {
  const found = certificateFor(certificates, namespace, host);
  if (!found) return { host, notAfter: null, ready: false, failed: false, reason: `no certificate of ${host} was asked for yet: does cert-manager run?` };
  const { notAfter, ready, failed, reason } = found;
  const what = found.namespace === namespace ? host : found.hosts.join();
  return { host, notAfter, ready, failed, reason: reason === undefined ? null : `${ready ? `certificate of ${what} is not renewed` : `no valid certificate of ${what}`}: ${reason}` };
}

import { settingsFile, type EnvironmentSettings } from "../config/environment";
import { UserError } from "../config/errors";
import type { EnvironmentName } from "../config/names";
import { environmentReceipt } from "./digest";
import type { PartName } from "./part-name";

/** The Ingress that brings the certificate of all generated hosts about; cert-manager calls the Certificate like its Secret. */
export const wildcard = { namespace: environmentReceipt.namespace, name: "wildcard", secret: "wildcard-tls" } as const;

/** A certificate's host that stands for every generated one. */
export const wildcardHost = ({ hostSuffix }: Pick<EnvironmentSettings, "hostSuffix">) => `*${hostSuffix}`;

interface WithConditions {
  spec?: Record<string, any>;
  status?: Record<string, any>;
}

/** What an object of cert-manager says of its being ready. */
export const readiness = ({ status }: WithConditions) => (status?.conditions as { type: string; status: string; reason?: string; message?: string }[] | undefined)?.find(({ type }) => type === "Ready");

/**
 * Throws a UserError unless the issuer of the settings is there and ready: a store would come up on https without a certificate.
 * @param find the object in the cluster, undefined where there is none
 */
export async function requireIssuer(env: EnvironmentName, { tls }: Pick<EnvironmentSettings, "tls">, find: (part: PartName) => Promise<WithConditions | undefined>): Promise<void> {
  if (!tls) return;
  const issuer = await find({ apiVersion: "cert-manager.io/v1", kind: "ClusterIssuer", name: tls.issuer });
  const where = `ClusterIssuer ${tls.issuer} (${settingsFile(env)}: storefleet:settings.tls.issuer)`;
  if (!issuer) {
    throw new UserError(
      `${where} is not in the cluster; nothing was touched`,
      "Those that are: kubectl get clusterissuers. Where that knows no such resource, cert-manager is not installed: docs/certificates.md has the commands.",
      "no-certificate",
    );
  }
  const solvers = (issuer.spec?.acme?.solvers ?? []) as { http01?: { ingress?: { serviceType?: string } } }[];
  if (solvers.some(({ http01 }) => http01?.ingress && http01.ingress.serviceType !== "ClusterIP")) {
    throw new UserError(
      `${where} answers HTTP-01 by Services with node ports, which a store's quota refuses; nothing was touched`,
      `Put serviceType: ClusterIP into http01.ingress of its solvers, as docs/certificates.md has it, and run the same command again: kubectl edit clusterissuer ${tls.issuer}`,
      "no-certificate",
    );
  }
  const ready = readiness(issuer);
  if (ready?.status === "True") return;
  throw new UserError(
    `${where} is not ready${ready?.message ? `: ${ready.message}` : ", and cert-manager says nothing of it — does it run?"}; nothing was touched`,
    `Look at it, mend it, and run the same command again: kubectl describe clusterissuer ${tls.issuer}`,
    "no-certificate",
  );
}

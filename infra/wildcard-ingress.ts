import { Ingress } from "@pulumi/kubernetes/networking/v1";
import type { CustomResourceOptions, Input } from "@pulumi/pulumi";
import { pulumiLabels } from "../components/shared/labels";
import type { EnvironmentSettings } from "../config/environment";
import { wildcard, wildcardHost } from "./certificates";

/**
 * One certificate for all generated hosts. Its key stays in this namespace: Traefik takes every certificate that an Ingress names, and
 * shows the one that fits a host. A rule without paths is no route.
 */
export function wildcardIngress(settings: EnvironmentSettings & Required<Pick<EnvironmentSettings, "tls">>, namespace: Input<string>, labels: Record<string, string>, opts: CustomResourceOptions): Ingress {
  const host = wildcardHost(settings);
  return new Ingress(
    wildcard.name,
    {
      metadata: {
        name: wildcard.name,
        namespace,
        labels: pulumiLabels(labels, "certificate"),
        // It leads nowhere, so there is no address to wait for.
        annotations: { "cert-manager.io/cluster-issuer": settings.tls.issuer, "pulumi.com/skipAwait": "true" },
      },
      spec: { ingressClassName: settings.ingress.className, tls: [{ hosts: [host], secretName: wildcard.secret }], rules: [{ host }] },
    },
    // Stores need it until each has a certificate of its own: `cluster up` sees it off.
    { ...opts, retainOnDelete: true },
  );
}

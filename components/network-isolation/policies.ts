import type { Input } from "@pulumi/pulumi";
import type { input } from "@pulumi/kubernetes/types";

import { publicAddresses, requireCidr } from "./addresses";

type PolicySpec = input.networking.v1.NetworkPolicySpec;
type Peer = input.networking.v1.NetworkPolicyPeer;
type Port = input.networking.v1.NetworkPolicyPort;

/** A mail server: pods inside the cluster, or any public address. */
export interface MailServer {
  /** The port that it listens on: in the cluster the pod's own. */
  port: number;
  /**
   * The namespace of its pods.
   * @default it is outside the cluster
   */
  namespace?: Input<string>;
  /**
   * The labels of its pods.
   * @default any pod of that namespace
   */
  labels?: Record<string, string>;
}

export interface PolicyArgs {
  ingressNamespace: Input<string>;
  ingressPodLabels?: Record<string, string>;
  httpPorts: number[];
  egress?: "allow" | "deny";
  clusterCidrs?: string[];
  dnsCidrs?: string[];
  mail?: MailServer;
}

/** The policies by name. A connection passes when any one of them admits it. */
export function networkPolicies(args: PolicyArgs): Record<string, PolicySpec> {
  const outside = publicAddresses(args.clusterCidrs ?? []).map((ipBlock): Peer => ({ ipBlock }));
  return {
    "deny-all": { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
    "allow-same-namespace": {
      podSelector: {},
      policyTypes: ["Ingress", "Egress"],
      ingress: [{ from: [{ podSelector: {} }] }],
      egress: [{ to: [{ podSelector: {} }] }],
    },
    "allow-ingress-controller": {
      podSelector: {},
      policyTypes: ["Ingress"],
      ingress: [{ from: [podsIn(args.ingressNamespace, args.ingressPodLabels)], ports: args.httpPorts.map(tcp) }],
    },
    "allow-dns": egressTo(dnsServers(args.dnsCidrs ?? []), [{ protocol: "UDP", port: 53 }, tcp(53)]),
    ...(args.egress === "allow" && { "allow-external-egress": egressTo(outside) }),
    ...(args.mail && { "allow-mail": egressTo(mailServers(args.mail, outside), [tcp(args.mail.port)]) }),
  };
}

/** NodeLocal DNS answers at a link-local address on the node, outside every pod selector. */
function dnsServers(cidrs: string[]): Peer[] {
  const nodeLocal = "169.254.20.10/32";
  return [
    podsIn("kube-system", { "k8s-app": "kube-dns" }),
    ...[nodeLocal, ...cidrs.map(requireCidr)].map((cidr): Peer => ({ ipBlock: { cidr } })),
  ];
}

function mailServers(mail: MailServer, outside: Peer[]): Peer[] {
  return mail.namespace === undefined ? outside : [podsIn(mail.namespace, mail.labels)];
}

function podsIn(namespace: Input<string>, labels?: Record<string, string>): Peer {
  return {
    namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
    ...(labels && { podSelector: { matchLabels: labels } }),
  };
}

function egressTo(to: Peer[], ports?: Port[]): PolicySpec {
  return { podSelector: {}, policyTypes: ["Egress"], egress: [{ to, ...(ports && { ports }) }] };
}

function tcp(port: number): Port {
  return { protocol: "TCP", port };
}

import type { Input } from "@pulumi/pulumi";
import type { input } from "@pulumi/kubernetes/types";

import { wrongArg } from "../shared/wrong-arg";
import { publicAddresses } from "./addresses";
import { requireCidr } from "./require-cidr";

type PolicySpec = input.networking.v1.NetworkPolicySpec;
type Peer = input.networking.v1.NetworkPolicyPeer;
type Port = input.networking.v1.NetworkPolicyPort;

/** A mail server: pods inside the cluster, or addresses outside. */
export interface MailServer {
  /** The port that it listens on: in the cluster the pod's own. */
  readonly port: number;
  /**
   * The namespace of its pods.
   * @default it is outside the cluster
   */
  readonly namespace?: Input<string>;
  /**
   * The labels of its pods.
   * @default any pod of that namespace
   * @example `{ app: "mail-catcher" }`
   */
  readonly labels?: Record<string, string>;
  /**
   * The address ranges of one outside, private ones too.
   * @default any public address
   * @example `["10.1.2.3/32"]`
   */
  readonly cidrs?: string[];
}

/** Who may connect to whom. */
export interface PolicyArgs {
  /** The namespace of the ingress controller, the only other one that may connect. */
  readonly ingressNamespace: Input<string>;
  /**
   * Labels of the ingress controller's pods in that namespace.
   * @default any pod of that namespace
   * @example `{ "app.kubernetes.io/name": "traefik" }`
   */
  readonly ingressPodLabels?: Record<string, string>;
  /**
   * The pod ports that the ingress controller may connect to; at least one.
   * @example `[8080]`
   */
  readonly httpPorts: number[];
  /**
   * Whether every pod accepts connections of the namespace's other pods. If not, more policies have to say who may connect to which.
   * @default true
   */
  readonly openInside?: boolean;
  /**
   * Whether pods may connect to public addresses. Private ones stay out of reach either way.
   * @default "deny"
   */
  readonly egress?: "allow" | "deny";
  /**
   * Address ranges of the cluster's pods, Services and nodes, as far as they are public addresses.
   * @default none
   * @example `["198.51.100.0/24", "2001:db8:42::/56"]`
   */
  readonly clusterCidrs?: string[];
  /**
   * The mail server that pods may connect to even when `egress` denies.
   * @default none
   * @example `{ port: 587, cidrs: ["10.1.2.3/32"] }`
   */
  readonly mail?: MailServer;
}

/**
 * The policies by name. A connection passes when any one of them admits it.
 * @throws WrongArg for a wrong arg
 */
export function networkPolicies(args: PolicyArgs): Record<string, PolicySpec> {
  // To NetworkPolicy an empty list of ports is every port, and one of peers is everybody.
  if (args.httpPorts.length === 0) throw wrongArg(["httpPorts"], "is empty: name the ports that the ingress controller connects to");
  if (args.mail?.cidrs?.length === 0) throw wrongArg(["mail", "cidrs"], 'is empty: leave it out, or name a range such as "10.1.2.3/32"');
  const clusterCidrs = (args.clusterCidrs ?? []).map((cidr, index) => requireCidr(["clusterCidrs", index], cidr));
  const outside = publicAddresses(clusterCidrs).map((ipBlock): Peer => ({ ipBlock }));
  return {
    "deny-all": { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
    "allow-same-namespace": {
      podSelector: {},
      // A connection has to be allowed on both sides, so that what pods accept decides.
      ...(args.openInside === false
        ? { policyTypes: ["Egress"] }
        : { policyTypes: ["Ingress", "Egress"], ingress: [{ from: [{ podSelector: {} }] }] }),
      egress: [{ to: [{ podSelector: {} }] }],
    },
    "allow-ingress-controller": {
      podSelector: {},
      policyTypes: ["Ingress"],
      ingress: [{ from: [podsIn(args.ingressNamespace, args.ingressPodLabels)], ports: args.httpPorts.map(tcp) }],
    },
    "allow-dns": egressTo(dnsServers, [{ protocol: "UDP", port: 53 }, tcp(53)]),
    ...(args.egress === "allow" && { "allow-external-egress": egressTo(outside) }),
    ...(args.mail && { "allow-mail": egressTo(mailServers(args.mail, outside), [tcp(args.mail.port)]) }),
  };
}

/** NodeLocal DNS answers at a link-local address on the node, outside every pod selector. */
const dnsServers: Peer[] = [podsIn("kube-system", { "k8s-app": "kube-dns" }), { ipBlock: { cidr: "169.254.20.10/32" } }];

function mailServers({ namespace, labels, cidrs }: MailServer, outside: Peer[]): Peer[] {
  if (namespace !== undefined) return [podsIn(namespace, labels)];
  return cidrs?.map((cidr, index): Peer => ({ ipBlock: { cidr: requireCidr(["mail", "cidrs", index], cidr) } })) ?? outside;
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

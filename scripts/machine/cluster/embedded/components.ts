import { join } from "node:path";
import { certificateFile, keyFile } from "./certificates";
import { stages } from "./kwok-stages";

/** The programs of the embedded control plane, in the order in which they start. */
export const componentNames = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok"] as const;
export type ComponentName = (typeof componentNames)[number];

export interface Ports {
  etcd: number;
  api: number;
  /** Where the simulated kubelets answer (`kubectl logs`). */
  kubelet: number;
}

/** Where one embedded cluster keeps what. */
export const layout = (folder: string) => ({
  kubeconfig: join(folder, "kubeconfig"),
  pki: join(folder, "pki"),
  config: join(folder, "config"),
  data: join(folder, "data"),
  logs: join(folder, "logs"),
});

/** Controllers whose results stores depend on. The others (clouds, autoscaling, bootstrap tokens …) would only cost. */
const controllers = [
  "clusterrole-aggregation", "cronjob", "daemonset", "deployment", "disruption", "endpoints", "endpointslice", "garbage-collector",
  "job", "namespace", "node-lifecycle", "persistentvolume-binder", "persistentvolume-protection",
  "persistentvolumeclaim-protection", "pod-garbage-collector", "replicaset", "resourcequota",
  "root-ca-certificate-publisher", "serviceaccount", "serviceaccount-token", "statefulset", "taint-eviction",
  "ttl-after-finished",
].map((name) => `${name}-controller`);

const flags = (values: Record<string, string | number | boolean>) =>
  Object.entries(values).map(([name, value]) => `--${name}=${value}`);

/** The command line of each program. Everything listens on loopback only and asks for a certificate. */
export function commandLines(folder: string, ports: Ports): Record<ComponentName, string[]> {
  const { pki, config, data } = layout(folder);
  const certificate = (name: string) => certificateFile(pki, name);
  const key = (name: string) => keyFile(pki, name);
  const etcd = `https://127.0.0.1:${ports.etcd}`;
  // One member, so nobody ever connects here; any port will do.
  const peer = "https://127.0.0.1:0";
  return {
    etcd: flags({
      "data-dir": join(data, "etcd"),
      "listen-client-urls": etcd, "advertise-client-urls": etcd,
      "listen-peer-urls": peer, "initial-advertise-peer-urls": peer, "initial-cluster": `default=${peer}`,
      "cert-file": certificate("etcd"), "key-file": key("etcd"), "trusted-ca-file": certificate("etcd-ca"), "client-cert-auth": true,
      "peer-cert-file": certificate("etcd"), "peer-key-file": key("etcd"), "peer-trusted-ca-file": certificate("etcd-ca"), "peer-client-cert-auth": true,
      // A power cut may cost the simulated cluster; in return nothing waits for the disk.
      "unsafe-no-fsync": true,
      "quota-backend-bytes": 4 * 1024 ** 3,
      "log-level": "warn",
    }),
    "kube-apiserver": flags({
      "bind-address": "127.0.0.1", "advertise-address": "127.0.0.1", "secure-port": ports.api,
      "tls-cert-file": certificate("apiserver"), "tls-private-key-file": key("apiserver"), "client-ca-file": certificate("ca"),
      "etcd-servers": etcd, "etcd-cafile": certificate("etcd-ca"), "etcd-certfile": certificate("etcd"), "etcd-keyfile": key("etcd"),
      "authorization-mode": "RBAC", "anonymous-auth": false,
      "service-cluster-ip-range": "10.96.0.0/16",
      "service-account-issuer": "https://kubernetes.default.svc",
      "service-account-key-file": join(pki, "service-account.pub"), "service-account-signing-key-file": key("service-account"),
      "kubelet-preferred-address-types": "InternalIP",
      // There is one API server and nobody dials Service `kubernetes`.
      "endpoint-reconciler-type": "none",
      "etcd-count-metric-poll-period": "0", "etcd-db-metric-poll-interval": "0",
      "profiling": false,
    }),
    "kube-controller-manager": flags({
      kubeconfig: join(config, "controller-manager.kubeconfig"),
      "secure-port": 0, "leader-elect": false, "profiling": false,
      controllers: controllers.join(","),
      "service-account-private-key-file": key("service-account"), "root-ca-file": certificate("ca"),
      "kube-api-qps": 500, "kube-api-burst": 1000,
      // What a creation that was cut off had charged to a quota is given back at the next count.
      "resource-quota-sync-period": "10s",
    }),
    "kube-scheduler": flags({ config: join(config, "scheduler.yaml"), "secure-port": 0 }),
    kwok: flags({ kubeconfig: join(config, "kwok.kubeconfig"), config: join(config, "kwok.yaml"), v: "WARN" }),
  };
}

/** The scheduler's configuration file. */
export const schedulerConfiguration = (folder: string) => ({
  apiVersion: "kubescheduler.config.k8s.io/v1",
  kind: "KubeSchedulerConfiguration",
  clientConnection: { kubeconfig: join(layout(folder).config, "scheduler.kubeconfig"), qps: 500, burst: 1000 },
  leaderElection: { leaderElect: false },
  podInitialBackoffSeconds: 1,
  podMaxBackoffSeconds: 2,
  enableProfiling: false,
});

/** What kwok reads: how it runs, the one log that every simulated container shows, and the stages. */
export const kwokConfiguration = (folder: string, ports: Ports) => [
  {
    apiVersion: "config.kwok.x-k8s.io/v1alpha1",
    kind: "KwokConfiguration",
    options: {
      manageAllNodes: true,
      nodeIP: "127.0.0.1",
      nodePort: ports.kubelet,
      serverAddress: `127.0.0.1:${ports.kubelet}`,
      nodeLeaseDurationSeconds: 40,
      // `kubectl logs` is served under this name.
      enableDebuggingHandlers: true, enableProfilingHandler: false,
      podPlayStageParallelism: 8, nodePlayStageParallelism: 1, nodeLeaseParallelism: 1, podsOnNodeSyncParallelism: 1,
    },
  },
  {
    apiVersion: "kwok.x-k8s.io/v1alpha1",
    kind: "ClusterLogs",
    metadata: { name: "simulated" },
    spec: { logs: [{ logsFile: join(layout(folder).config, "container.log"), previousLogsFile: join(layout(folder).config, "container.log") }] },
  },
  ...stages,
];

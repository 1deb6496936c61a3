import { troubleIn } from "../../../scripts/fleet/trouble";
import { labels } from "../../../stores/labels";
import { FakeKube } from "./fake-kube";

const namespace = "/api/v1/namespaces/shop";
/** So many seconds into the test's day. */
export const at = (second: number) => new Date(Date.UTC(2026, 0, 1) + second * 1000).toISOString().replace(".000", "");

/** The parts of both engines' shops as their charts label them; each pod has one container, of the part's name. */
export const parts = {
  wordpress: { pod: "woocommerce-wordpress-7c9f8d-x2x4z", owner: "woocommerce-wordpress-7c9f8d", component: "wordpress" },
  mariadb: { pod: "woocommerce-mariadb-0", owner: "woocommerce-mariadb", component: "mariadb" },
  setup: { pod: "woocommerce-setup-1a2b3c4d-aaaaa", owner: "woocommerce-setup-1a2b3c4d", component: "setup" },
  cron: { pod: "woocommerce-cron-29384-bbbbb", owner: "woocommerce-cron-29384", component: "cron" },
  postgres: { pod: "medusa-postgres-0", owner: "medusa-postgres", component: "database" },
  redis: { pod: "medusa-redis-0", owner: "medusa-redis", component: "redis" },
  prepare: { pod: "medusa-prepare-1a2b3c4d5e-ccccc", owner: "medusa-prepare-1a2b3c4d5e", component: "prepare" },
  server: { pod: "medusa-server-5d5d5d-ddddd", owner: "medusa-server-5d5d5d", component: "server" },
  storefront: { pod: "medusa-storefront-6e6e6e-eeeee", owner: "medusa-storefront-6e6e6e", component: "storefront" },
};
export type Part = keyof typeof parts;
const engineOf = (part: Part) => (parts[part].owner.startsWith("medusa") ? "medusa" : "woocommerce");
const labelsOf = (part: Part) => ({ "app.kubernetes.io/component": parts[part].component, [labels.env]: "local", [labels.store]: "acme", [labels.engine]: engineOf(part) });
const kinds = { Deployment: "deployments", ReplicaSet: "replicasets", StatefulSet: "statefulsets" };

/** One shop's namespace, in which things go wrong. */
export class Shop extends FakeKube {
  private events = 0;
  private readonly logs = new Map<string, string>();

  pod(part: Part, status: object, { name = parts[part].pod, created = 0, owner = parts[part].owner, deleted = false, init = false, pullSecrets = [] as string[] } = {}): this {
    const metadata = { labels: labelsOf(part), creationTimestamp: at(created), ownerReferences: [{ uid: `uid of ${owner}` }], ...(deleted && { deletionTimestamp: at(created) }) };
    return this.put(`${namespace}/pods/${name}`, { metadata, spec: { ...(init && { initContainers: [{ name: "migrate" }] }), imagePullSecrets: pullSecrets.map((its) => ({ name: its })) }, status: { phase: "Running", ...status } });
  }
  /** A pod by the state of its container. */
  container(part: Part, state: object, more: Parameters<Shop["pod"]>[2] & { phase?: string } = {}): this {
    return this.pod(part, { phase: more.phase ?? "Running", containerStatuses: [{ name: part, image: `${part}:1`, ready: false, restartCount: 0, ...state }] }, more);
  }
  event(involvedObject: { kind: string; name: string }, reason: string, message: string, more: object = {}): this {
    return this.put(`${namespace}/events/${++this.events}`, { type: "Warning", involvedObject, reason, message, lastTimestamp: at(100), ...more });
  }
  /** Whoever makes the pods of a part: how many are wanted, how many there are. */
  maker(kind: keyof typeof kinds, part: Part, wanted: number, there: number): this {
    const name = kind === "Deployment" ? parts[part].owner.replace(/-[^-]+$/, "") : parts[part].owner;
    return this.put(`/apis/apps/v1/namespaces/shop/${kinds[kind]}/${name}`, { metadata: { labels: labelsOf(part) }, spec: { replicas: wanted }, status: { replicas: there } });
  }
  quota(hard: Record<string, string>, used: Record<string, string>): this {
    return this.put(`${namespace}/resourcequotas/quota`, { status: { hard, used } });
  }
  claim(name: string, phase = "Pending"): this {
    return this.put(`${namespace}/persistentvolumeclaims/${name}`, { status: { phase } });
  }
  job(part: Part, status: object = {}): this {
    return this.put(`/apis/batch/v1/namespaces/shop/jobs/${parts[part].owner}`, { metadata: { labels: labelsOf(part) }, status });
  }
  /** The log of a part's container that has this name. */
  log(part: Part, container: string, text: string): this {
    this.logs.set(`${namespace}/pods/${parts[part].pod}/log?container=${container}&tailLines=20&limitBytes=65536`, text);
    return this;
  }
  override async text(path: string): Promise<string> {
    return this.logs.get(path) ?? super.text(path);
  }
  secret(name: string): this {
    return this.put(`${namespace}/secrets/${name}`);
  }
  trouble = () => troubleIn(this.asKube, "shop");
}

export const ready = { conditions: [{ type: "Ready", status: "True" }] };
export const ended = (exitCode: number, message?: string, reason = exitCode === 0 ? "Completed" : "Error") => ({ state: { terminated: { exitCode, reason, message } } });
export const waiting = (reason: string, message?: string) => ({ state: { waiting: { reason, message } } });
export const pvc = (name: string) => ({ kind: "PersistentVolumeClaim", name });
export const podOf = (part: Part) => ({ kind: "Pod", name: parts[part].pod });

import { troubleIn } from "../../../scripts/fleet/trouble";
import { FakeKube } from "./fake-kube";

const namespace = "/api/v1/namespaces/shop";
/** So many seconds into the test's day. */
export const at = (second: number) => new Date(Date.UTC(2026, 0, 1) + second * 1000).toISOString().replace(".000", "");

/** The parts of a WooCommerce shop as its charts label them; each pod has one container, of the component's name. */
export const parts = {
  wordpress: { pod: "woocommerce-wordpress-7c9f8d-x2x4z", owner: "woocommerce-wordpress-7c9f8d" },
  mariadb: { pod: "woocommerce-mariadb-0", owner: "woocommerce-mariadb" },
  setup: { pod: "woocommerce-setup-1a2b3c4d-aaaaa", owner: "woocommerce-setup-1a2b3c4d" },
  cron: { pod: "woocommerce-cron-29384-bbbbb", owner: "woocommerce-cron-29384" },
};
export type Part = keyof typeof parts;
const component = (name: string) => ({ "app.kubernetes.io/component": name });

/** One shop's namespace, in which things go wrong. */
export class Shop extends FakeKube {
  private events = 0;

  pod(part: Part, status: object, { name = parts[part].pod, created = 0, owner = parts[part].owner, deleted = false, init = false } = {}): this {
    const metadata = { labels: component(part), creationTimestamp: at(created), ownerReferences: [{ uid: `uid of ${owner}` }], ...(deleted && { deletionTimestamp: at(created) }) };
    return this.put(`${namespace}/pods/${name}`, { metadata, ...(init && { spec: { initContainers: [{ name: "migrate" }] } }), status: { phase: "Running", ...status } });
  }
  /** A pod by the state of its container. */
  container(part: Part, state: object, more: Parameters<Shop["pod"]>[2] & { phase?: string } = {}): this {
    return this.pod(part, { phase: more.phase ?? "Running", containerStatuses: [{ name: part, image: `${part}:1`, ready: false, restartCount: 0, ...state }] }, more);
  }
  event(involvedObject: { kind: string; name: string }, reason: string, message: string, more: object = {}): this {
    return this.put(`${namespace}/events/${++this.events}`, { type: "Warning", involvedObject, reason, message, lastTimestamp: at(100), ...more });
  }
  claim(name: string, phase = "Pending"): this {
    return this.put(`${namespace}/persistentvolumeclaims/${name}`, { status: { phase } });
  }
  job(part: Part, status: object = {}): this {
    return this.put(`/apis/batch/v1/namespaces/shop/jobs/${parts[part].owner}`, { metadata: { labels: component(part) }, status });
  }
  trouble = () => troubleIn(this.asKube, "shop");
}

export const ready = { conditions: [{ type: "Ready", status: "True" }] };
export const ended = (exitCode: number, message?: string, reason = exitCode === 0 ? "Completed" : "Error") => ({ state: { terminated: { exitCode, reason, message } } });
export const waiting = (reason: string, message?: string) => ({ state: { waiting: { reason, message } } });
export const pvc = (name: string) => ({ kind: "PersistentVolumeClaim", name });
export const podOf = (part: Part) => ({ kind: "Pod", name: parts[part].pod });

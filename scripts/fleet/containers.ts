import type { KubeObject } from "../../kube";

/** What a part is for, by the label `app.kubernetes.io/component` that the engines' charts give it. */
const roles: Record<string, "database" | "set-up" | "chore"> = {
  mariadb: "database", setup: "set-up", cron: "chore", // WooCommerce
  backup: "chore",
  database: "database", redis: "database", prepare: "set-up", // Medusa
};

export const roleOf = ({ metadata }: KubeObject) => roles[metadata.labels?.["app.kubernetes.io/component"] ?? ""];

/** `True`, `False` or `Unknown`; undefined where the pod has no such condition yet. */
export const conditionOf = ({ status }: KubeObject, wanted: string) => (status?.conditions as { type: string; status: string }[] | undefined)?.find(({ type }) => type === wanted)?.status;

/** Whether a pod takes requests. */
export const isReady = (pod: KubeObject): boolean => conditionOf(pod, "Ready") === "True";

/** How a container ended. */
export interface End {
  /** The kubelet's word; `Error` for any exit code but 0. */
  reason?: string;
  exitCode: number;
  /** The end of its log, where the pod asks for that. */
  message?: string;
}

export interface ContainerStatus {
  name: string;
  image: string;
  restartCount: number;
  state?: { waiting?: { reason?: string; message?: string }; running?: object; terminated?: End };
  lastState?: { terminated?: End };
}

/** What became of a pod's containers, in the order of their start. */
export const containersOf = ({ status }: KubeObject) => [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])] as ContainerStatus[];

import { mailCatcher, type EnvironmentSettings } from "../config/environment";
import { UserError } from "../config/errors";
import type { EnvironmentName } from "../config/names";
import { backupPlace } from "../config/backup";
import { controlPlaneRelease } from "../components/control-plane/names";
import { readControlPlane } from "../config/control-plane";
import { control } from "./control";
import { accountsNamespace } from "./deployers";
import { environmentReceipt } from "./digest";
import { parkingPage } from "../components/parking-page/names";
import { clusterRoleOf, traefikRelease } from "../components/traefik/names";
import type { PartName } from "./part-name";

/** An object that the environment's stack makes under a name that somebody else's may have as well. */
export interface OwnPart extends PartName {
  /** What to do where somebody else has it. */
  mend: string;
}

/** A Helm release of the environment's stack; its Deployment has the same name. */
export interface OwnRelease {
  namespace: string;
  name: string;
}

/** What the environment's stack installs into namespaces of its own. */
const installed = ({ ingress, mailCatcher: caught, parkingPage: parks, backup }: EnvironmentSettings): OwnRelease[] => [
  ...(ingress.install ? [{ namespace: ingress.controllerNamespace, name: traefikRelease }] : []),
  ...(caught ? [{ namespace: mailCatcher.namespace, name: mailCatcher.service }] : []),
  ...(parks ? [{ namespace: parkingPage.namespace, name: parkingPage.name }] : []),
  ...(backup ? [{ namespace: backupPlace.namespace, name: backupPlace.release }] : []),
];

/** What the environment's stack installs: the control plane beside the accounts, as a pod has an account of its own namespace only. */
export const ownReleases = (env: EnvironmentName, settings: EnvironmentSettings): OwnRelease[] => [
  ...installed(settings), ...(readControlPlane(env) ? [{ namespace: accountsNamespace, name: controlPlaneRelease }] : []),
];

/** The namespaces that the environment's stack makes. */
export const ownNamespaces = (settings: EnvironmentSettings): string[] => [environmentReceipt.namespace, control.namespace, ...installed(settings).map(({ namespace }) => namespace)];

/** Everything by whose name the environment's stack could take what is not its own. The rest is inside its namespaces. */
export function ownParts(env: EnvironmentName, settings: EnvironmentSettings): OwnPart[] {
  const { className, controllerNamespace, install } = settings.ingress;
  const useTheirs = "to use the ingress controller that is there, set ingress.install: false, with its className, controllerNamespace and controllerLabels";
  const another = { Namespace: "another ingress.controllerNamespace", IngressClass: "another ingress.className" };
  const mendOf = (what: keyof typeof another) => `set ${another[what]}; or, ${useTheirs}`;
  const rbac = { apiVersion: "rbac.authorization.k8s.io/v1", name: clusterRoleOf(controllerNamespace), mend: mendOf("Namespace") };
  return [
    ...ownNamespaces(settings).map((name) => ({
      apiVersion: "v1", kind: "Namespace" as const, name,
      mend: name === controllerNamespace ? mendOf("Namespace") : `if it is a leftover of yours: kubectl delete namespace ${name}`,
    })),
    ...ownReleases(env, settings).map(({ namespace, name }) => ({
      apiVersion: "apps/v1", kind: "Deployment" as const, name, namespace, mend: `if it is a leftover of yours: helm uninstall ${name} -n ${namespace}`,
    })),
    ...(install
      ? [
          { apiVersion: "networking.k8s.io/v1", kind: "IngressClass" as const, name: className, mend: mendOf("IngressClass") },
          { kind: "ClusterRole" as const, ...rbac },
          { kind: "ClusterRoleBinding" as const, ...rbac },
        ]
      : []),
  ];
}

interface Labelled {
  metadata?: { labels?: Record<string, string> };
}

/** Proof that an object is a shared part of the environment, and not one of its stores'. */
export const isOfEnvironment = ({ metadata }: Labelled, env: EnvironmentName) =>
  metadata?.labels?.["storefleet.dev/env"] === env && metadata.labels["storefleet.dev/store"] === undefined;

/**
 * Throws a UserError when something exists by the name of a part and does not carry the environment's labels. Asked
 * before anything is touched: the provider and Helm would take over most of it.
 * @param find the object in the cluster, undefined where there is none
 */
export async function refuseForeign(env: EnvironmentName, settings: EnvironmentSettings, find: (part: OwnPart) => Promise<Labelled | undefined>): Promise<void> {
  const lines = await Promise.all(
    ownParts(env, settings).map(async (part) => {
      const existing = await find(part);
      return existing && !isOfEnvironment(existing, env) ? [`${part.kind} ${part.namespace ? `${part.namespace}/` : ""}${part.name} ${ownerOf(existing)} — ${part.mend}`] : [];
    }),
  );
  if (lines.flat().length === 0) return;
  throw new UserError(`what the environment "${env}" would make is there already, and not its own; nothing was touched:\n${lines.flat().join("\n")}`, undefined, "foreign-object");
}

function ownerOf({ metadata }: Labelled): string {
  const { "storefleet.dev/env": env, "storefleet.dev/store": store } = metadata?.labels ?? {};
  if (!env) return "does not carry its labels";
  return store ? `is of store "${store}"` : `is of the environment "${env}"`;
}

import { createHash } from "node:crypto";
import type { EnvironmentSettings } from "../../../config/environment";
import { specKey } from "../../../config/list-of-one";
import { stackOf, type EnvironmentName } from "../../../config/names";
import type { OperatorSettings } from "../../../config/operator";
import { labels } from "../../../stores/labels";

/** Where the Stacks are: beside the accounts that `stores rbac --operator` makes, since a pod has an account of its own namespace only. */
export const stacksNamespace = "storefleet-access";
/** What it has to hold is up to `storefleet:operator`. */
const stateSecret = "storefleet-state";
/** Of the environment's own Stack; no store can have it. */
export const environmentStack = "storefleet-environment";
/** The context of the kubeconfig that the image makes for its pod's own cluster, where the settings name none. */
const podContext = "in-cluster";

/** An object of the Kubernetes API. */
export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace: string; labels: Record<string, string> };
  spec: object;
}

export interface StackArgs {
  env: EnvironmentName;
  settings: Pick<EnvironmentSettings, "context">;
  state: { backend: string; secretsProvider?: string };
  operator: OperatorSettings;
  /** Whether the end of a Stack is the end of its shop. */
  allowDestroy: boolean;
}

/** Ten parts of a fleet of about the same size. A store stays in its own, whoever comes or goes. */
const waveOf = (store: string) => String(createHash("sha256").update(store).digest()[0]! % 10);

/** The Stack of a store. @param text the store, as its program reads it */
export function storeStack(args: StackArgs, store: string, text: string): Manifest {
  const own = { [labels.store]: store, "storefleet.dev/wave": waveOf(store) };
  return stack(args, store, stackOf(args.env, store), "deployer", own, {
    config: { [specKey]: text },
    prerequisites: [{ name: environmentStack }],
  });
}

/** The Stack of the environment; its settings are in the image. Whoever deleted its state would have it made anew by `cluster up`. */
export const environmentStackOf = (args: StackArgs): Manifest => stack({ ...args, allowDestroy: false }, environmentStack, args.env, "environment", {}, { useLocalStackOnly: true });

/** The operator starts a pod for each Stack at once; StatefulSets wait for their turn in a quota. */
export const podQuota = (env: EnvironmentName): Manifest => ({
  apiVersion: "v1", kind: "ResourceQuota", metadata: metadata(env, "storefleet-workspaces", {}), spec: { hard: { pods: "20" } },
});

const metadata = (env: EnvironmentName, name: string, more: Record<string, string>) => ({
  name, namespace: stacksNamespace, labels: { "app.kubernetes.io/part-of": "storefleet", [labels.env]: env, ...more },
});

function stack(args: StackArgs, name: string, stackName: string, account: string, own: Record<string, string>, more: object): Manifest {
  const { env, state, allowDestroy } = args;
  return {
    apiVersion: "pulumi.com/v1",
    kind: "Stack",
    metadata: metadata(env, name, own),
    spec: {
      // The very stack of the script and of pipelines. On Pulumi Cloud the organization is the account's own.
      stack: state.backend.startsWith("https:") ? stackName : `organization/storefleet/${stackName}`,
      backend: state.backend,
      ...(state.secretsProvider !== undefined && { secretsProvider: state.secretsProvider }),
      envRefs: variablesOf(args),
      ...more,
      destroyOnFinalize: allowDestroy,
      // What was changed by hand is put right once a day; the default would be each minute.
      continueResyncOnCommitMatch: true,
      resyncFrequencySeconds: 86_400,
      retryMaxBackoffDurationSeconds: 3600,
      serviceAccountName: account,
      // Else an idle pod stays for each Stack.
      workspaceReclaimPolicy: "Delete",
      workspaceTemplate: { spec: workspace(args) },
      updateTemplate: { spec: { ttlAfterCompleted: "1h" } },
    },
  };
}

function variablesOf({ settings, operator }: StackArgs) {
  const secrets = [...operator.variables].sort().map((key) => [key, { type: "Secret", secret: { name: stateSecret, key } }]);
  return { ...Object.fromEntries(secrets), STOREFLEET_CONTEXT: { type: "Literal", literal: { value: settings.context ?? podContext } } };
}

const workspace = ({ operator }: StackArgs) => ({
  image: operator.image,
  local: { dir: "/app" },
  securityProfile: "restricted",
  resources: { requests: { cpu: "250m", memory: "512Mi" }, limits: { memory: "2Gi" } },
  podTemplate: {
    spec: {
      automountServiceAccountToken: true,
      containers: [{ name: "pulumi", securityContext: { readOnlyRootFilesystem: true }, volumeMounts: [{ name: "tmp", mountPath: "/tmp" }] }],
      volumes: [{ name: "tmp", emptyDir: {} }],
    },
  },
});

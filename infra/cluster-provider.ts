import { Provider } from "@pulumi/kubernetes/provider";
import { UserError } from "../config/errors";
import { helmDriver } from "../config/helm-records";
import type { EnvironmentName } from "../config/names";
import { refuseForeignShell } from "../config/shell";
import { storesCommand } from "../config/stores-command";
import { variables } from "../config/variables";

/**
 * The context of a stack's cluster: always named, never the kubeconfig's current one, so that nothing reaches a
 * cluster by accident. `STOREFLEET_CONTEXT`, which the script sets, goes before the environment's settings.
 */
export function contextOf(env: EnvironmentName, contextOfSettings?: string): string {
  refuseForeignShell(env);
  const context = variables.STOREFLEET_CONTEXT ?? contextOfSettings;
  if (!context) {
    throw new UserError(
      `environment ${env} names no cluster`,
      `Run eval "$(${storesCommand("env", { env })})" first, or set "context" in Pulumi.${env}.yaml.`,
    );
  }
  return context;
}

/**
 * The one provider of a stack. Of the kubeconfig that `KUBECONFIG` names the state learns nothing, though the SDK would note its path: a stack is
 * destroyed and refreshed by the provider that the state has, and on another machine there is no such file. The plugin reads the variable itself.
 */
export function clusterProvider(env: EnvironmentName, contextOfSettings?: string): Provider {
  const args = {
    context: contextOf(env, contextOfSettings),
    // A renamed or moved kube context is no reason to replace, and so delete, every store.
    clusterIdentifier: `storefleet-${env}`,
    // A run that was killed between creating an object and recording it must not stand in the next one's way. That an
    // existing namespace is ours is checked by its labels before (scripts/engine/reconcile.ts, own-parts.ts).
    upsertExistingObjects: true,
    enablePatchForce: true,
    // Changed contents are an update; replacing would delete an object that pods refer to by its fixed name.
    enableConfigMapMutable: true,
    enableSecretMutable: true,
    helmReleaseSettings: { driver: helmDriver },
  };
  return new Provider("cluster", args, { transformations: [({ props, opts }) => ({ props: { ...props, kubeconfig: undefined }, opts })] });
}

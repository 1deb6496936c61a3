import { Provider } from "@pulumi/kubernetes/provider";
import { UserError } from "../config/errors";
import type { EnvironmentName } from "../config/names";
import { refuseForeignShell } from "../config/shell";
import { storesCommand } from "../config/stores-command";

/**
 * The one provider of a stack. The context is always named, never the kubeconfig's current one: nothing reaches a
 * cluster by accident. `STOREFLEET_CONTEXT`, which the script sets, goes before the environment's settings.
 */
export function clusterProvider(env: EnvironmentName, contextOfSettings?: string): Provider {
  refuseForeignShell(env);
  const context = process.env.STOREFLEET_CONTEXT || contextOfSettings;
  if (!context) {
    throw new UserError(
      `environment ${env} names no cluster`,
      `Run eval "$(${storesCommand("env", { env })})" first, or set "context" in Pulumi.${env}.yaml.`,
    );
  }
  return new Provider("cluster", {
    context,
    // A renamed or moved kube context is no reason to replace, and so delete, every store.
    clusterIdentifier: `storefleet-${env}`,
    // A run that was killed between creating an object and recording it must not stand in the next one's way. That an
    // existing namespace is ours is checked by its labels before (scripts/engine/reconcile.ts).
    upsertExistingObjects: true,
    enablePatchForce: true,
    // Changed contents are an update; replacing would delete an object that pods refer to by its fixed name.
    enableConfigMapMutable: true,
    enableSecretMutable: true,
  });
}

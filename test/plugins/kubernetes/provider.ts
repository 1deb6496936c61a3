import { rmSync } from "node:fs";
import type { Log, Provider } from "../shared/provider";
import { connect, type Connection } from "./cluster";
import { diffConfig, readSettings } from "./config";
import { guard } from "./guard";
import { helmEnded, killHelm } from "./helm";
import { kindOf, releaseType } from "./kinds";
import { checkObject, createObject, deleteObject, diffObject, readObject, updateObject } from "./objects";
import { createRelease, deleteRelease, diffRelease, readRelease, updateRelease } from "./release";
import { checkRelease } from "./release-inputs";
import { session as newSession, type Session } from "./session";

const deleteUnreachableHelp =
  "rerunning the operation with the PULUMI_K8S_DELETE_UNREACHABLE environment variable set to \"true\"";

/** Stands in for the Pulumi kubernetes provider, on test clusters only. */
export function kubernetesProvider(version: string): Provider {
  const cancelled = new AbortController();
  let connection: Connection | undefined;
  let configured: Session | undefined;

  const session = (): Session => {
    if (!configured) throw new Error("the provider has not been configured");
    return configured;
  };

  /** Whether an unreachable cluster is to be taken for an empty one. */
  const takenForEmpty = (urn: string, log: Log): boolean => {
    const { cluster, unreachable, deleteUnreachable } = session();
    if (cluster) return false;
    log("warning", urn, `configured Kubernetes cluster is unreachable: ${unreachable}`);
    if (deleteUnreachable) {
      log("info", urn, "configured Kubernetes cluster is unreachable and the `deleteUnreachable` option is enabled. Deleting the unreachable resource from Pulumi state");
    }
    return deleteUnreachable;
  };

  return {
    version,

    diffConfig,

    async configure(variables, log) {
      const settings = readSettings(variables);
      let unreachable = "";
      try {
        connection = await connect(settings.kubeconfig, settings.context, settings.namespace);
      } catch (error) {
        unreachable =
          "unable to load Kubernetes client configuration from kubeconfig file. Make sure you have: \n\n \t • set up the provider as per " +
          `https://www.pulumi.com/registry/packages/kubernetes/installation-configuration/ \n\n ${(error as Error).message}`;
      }
      unreachable ||= (connection && (await guard(connection.cluster, version))) ?? "";
      configured = newSession({
        ...settings,
        cluster: unreachable ? undefined : connection?.cluster,
        connection,
        unreachable,
        defaultNamespace: connection?.cluster.defaultNamespace ?? settings.namespace ?? "default",
        signal: cancelled.signal,
        log,
      });
    },

    async check(subject, olds, news, randomSeed) {
      if (subject.type === releaseType) return checkRelease(session().defaultNamespace, subject, olds, news);
      return checkObject(session(), subject, olds, news, randomSeed);
    },

    async diff(subject, olds, news, ignoreChanges) {
      if (subject.type === releaseType) return diffRelease(subject, olds, news, ignoreChanges);
      return diffObject(session(), subject, olds, news, ignoreChanges);
    },

    async create(operation, inputs) {
      if (operation.type === releaseType) return createRelease(session(), operation, inputs);
      return createObject(session(), operation, inputs);
    },

    async read(subject, id, outputs, inputs) {
      if (subject.type !== releaseType) kindOf(subject.type);
      if (takenForEmpty(subject.urn, session().log)) return undefined;
      if (!session().cluster) {
        throw new Error(
          "failed to read resource state due to unreachable cluster. If the cluster was deleted, you can remove this " +
            `resource from Pulumi state by ${deleteUnreachableHelp}`,
        );
      }
      if (subject.type === releaseType) return readRelease(session(), id, outputs);
      return readObject(session(), subject, id, outputs, inputs);
    },

    async update(operation, _id, olds, news) {
      if (operation.type === releaseType) return updateRelease(session(), operation, news);
      return updateObject(session(), operation, olds, news);
    },

    async delete(operation, id, outputs) {
      if (operation.type === releaseType) return deleteRelease(session(), operation, outputs);
      if (takenForEmpty(operation.urn, session().log)) return;
      if (!session().cluster) {
        throw new Error(
          "configured Kubernetes cluster is unreachable. If the cluster was deleted, you can remove this resource from " +
            `Pulumi state by ${deleteUnreachableHelp}`,
        );
      }
      await deleteObject(session(), operation, id, outputs);
    },

    async cancel() {
      cancelled.abort();
      await helmEnded();
    },

    kill() {
      killHelm();
      if (connection?.scratch) rmSync(connection.scratch, { recursive: true, force: true });
    },
  };
}

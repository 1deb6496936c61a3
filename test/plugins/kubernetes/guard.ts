import { isObject } from "../shared/values";
import { metadataOf } from "./checkpoint";
import { ApiError, type Cluster } from "./cluster";

const label = "storefleet.dev/test-cluster";

/**
 * Refuses every cluster that is not marked as one for tests. Returns why the cluster cannot be reached, if it
 * cannot: as with the real provider that is an error only once something is to be done there.
 */
export async function guard(cluster: Cluster, version: string): Promise<string | undefined> {
  let found: string;
  try {
    const { labels } = metadataOf(await cluster.request("GET", "/api/v1/namespaces/kube-system"));
    if (isObject(labels) && labels[label] === "true") return undefined;
    found = `its namespace kube-system has no label ${label}=true`;
  } catch (error) {
    const { message } = error as Error;
    if (!(error instanceof ApiError)) return `unable to load schema information from the API server: ${message}`;
    if (error.code === 401) return `unable to load schema information from the API server: ${message}`;
    found = `its namespace kube-system could not be read: ${message}`;
  }
  throw new Error(
    `The cluster at ${cluster.server} is not marked as a test cluster (${found}), and this is not the Pulumi kubernetes ` +
      "provider but Storefleet's stand-in for it, which acts on test clusters only. Nothing was changed. For any other " +
      `cluster install the real plugin: pulumi plugin install resource kubernetes ${version}`,
  );
}

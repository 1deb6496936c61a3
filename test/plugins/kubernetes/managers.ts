import { isObject, type Value, type Values } from "../shared/values";
import { annotation, metadataOf } from "./checkpoint";
import { ApiError, type Cluster } from "./cluster";

// Kubernetes records for each field who set it. Objects are created by a plain request of "pulumi-kubernetes" and
// updated by server-side apply under a name of the resource's own; between the two the fields change hands.

const ownNames = ["pulumi-kubernetes", "pulumi-kubernetes.exe", "pulumi-resource-kubernetes"];

const managed = (live: Values): Values[] => {
  const { managedFields } = metadataOf(live);
  return Array.isArray(managedFields) ? managedFields.filter(isObject) : [];
};

/** Whether fields of this manager belong to whoever updates the object through Pulumi. */
function isAdopted({ manager, operation, subresource }: Values): boolean {
  if (subresource) return false;
  if (operation === "Update") return [...ownNames, "kubectl", "before-first-apply"].includes(String(manager));
  return operation === "Apply" && manager === "kubectl";
}

export const fieldManagers = {
  /** The name that the object's inputs ask for. */
  of: (inputs: Values) => annotation(inputs, "pulumi.com/patchFieldManager"),

  /** Whether fields are still held by the plain request that created the object. */
  anyOwn: (live: Values) =>
    managed(live).length === 0 ||
    managed(live).some(({ manager, operation }) => operation === "Update" && ownNames.includes(String(manager))),

  explain(error: Error, manager: string): string {
    if (!(error instanceof ApiError) || error.code !== 409) return error.message;
    return (
      "server-side apply field conflict detected, see https://www.pulumi.com/registry/packages/kubernetes/how-to-guides/" +
      "managing-resources-with-server-side-apply/#handle-field-conflicts-on-existing-resources for troubleshooting help\n" +
      `The resource managed by field manager "${manager}" had an apply conflict: ${error.message}`
    );
  },
};

function union(left: Value | undefined, right: Value | undefined): Values {
  const result: Values = isObject(left) ? { ...left } : {};
  for (const [key, value] of Object.entries(isObject(right) ? right : {})) result[key] = union(result[key], value);
  return result;
}

/** Gives the fields of earlier managers to `manager`, so that applying neither conflicts nor leaves any behind. */
export async function adoptManagers(
  cluster: Cluster, path: string, live: Values, manager: string, oldManager: string | undefined,
): Promise<Values> {
  const entries = managed(live);
  const isOld = (entry: Values) =>
    isAdopted(entry) || (entry.operation === "Apply" && entry.manager === oldManager && oldManager !== manager);
  const taken = entries.filter(isOld);
  if (taken.length === 0) return live;
  const isNew = (entry: Values) => entry.operation === "Apply" && entry.manager === manager && !entry.subresource;
  const sources = [...entries.filter(isNew), ...taken];
  const merged: Values = {
    ...(sources[0] as Values), manager, operation: "Apply",
    fieldsV1: sources.reduce<Values>((fields, { fieldsV1 }) => union(fields, fieldsV1), {}),
  };
  const { resourceVersion } = metadataOf(live);
  const patch = [
    { op: "replace", path: "/metadata/managedFields", value: [...entries.filter((entry) => !isOld(entry) && !isNew(entry)), merged] },
    { op: "replace", path: "/metadata/resourceVersion", value: resourceVersion ?? "" },
  ];
  return cluster.request("PATCH", path, {
    body: patch as unknown as Values, contentType: "application/json-patch+json",
  });
}

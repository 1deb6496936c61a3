/**
 * Where Helm keeps its records, as its `HELM_DRIVER` names it. ConfigMaps can be seen by those who must not see a Secret, and there is
 * none in a record: charts get the names of Secrets, never what is in them.
 */
export const helmDriver = "configmap";

/** The collection that Helm's records are in. */
export const recordsIn = (namespace?: string) => (namespace === undefined ? "/api/v1/configmaps" : `/api/v1/namespaces/${namespace}/configmaps`);

/** Helm's labels of the records of one release, or of all. */
export const recordLabels = (release?: string) => (release === undefined ? "owner=helm" : `owner=helm,name=${release}`);

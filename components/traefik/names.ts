/** The release, its Deployment and its pods. */
export const traefikRelease = "traefik";

/** What the chart calls its ClusterRole and the binding of that. */
export const clusterRoleOf = (namespace: string) => `${namespace}-${traefikRelease}`;

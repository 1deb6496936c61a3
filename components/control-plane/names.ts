/** The release, its Service and the API's Deployment; the runner's is called like it, and `-runner`. */
export const controlPlaneRelease = "storefleet-api";

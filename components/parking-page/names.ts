/** The namespace of an environment with `parkingPage: true`, and what its release, Deployment and Service are called. */
export const parkingPage = { namespace: "storefleet-parking", name: "parking-page", pullSecret: "image-pull" } as const;

/** The labels of the gateway's pods, for those who let their own connect to them. */
export const gatewayPodLabels: Record<string, string> = { app: "backup-gateway" };

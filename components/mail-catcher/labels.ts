/** The labels of the pods, for those who let their own connect to them. */
export const mailCatcherPodLabels: Record<string, string> = { app: "mail-catcher" };

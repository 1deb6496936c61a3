import type { Phase } from "../../parts/phase";

/** What somebody can do about a store, or may expect of it; nothing of one that runs. */
export const advice: Record<Phase, string | undefined> = {
  READY: undefined,
  PROVISIONING: "It becomes ready by itself. If it takes long, events tell what it waits for.",
  FAILED: "Events and logs below tell more. What heals by itself does so without a word; Apply tries again what did not.",
  SUSPENDED: "No pods run. Data and addresses are kept until it is resumed.",
  DELETING: "It goes with its volumes and secrets. Its name is free afterwards.",
  NOT_CREATED: "The list has it and the cluster not yet: Apply makes it.",
  LEFT_LIST: "It runs, and the list does not have it any more. Delete it, or write its entry again.",
};

import type { EnvironmentName } from "../config/names";
import { storesCommand } from "../config/stores-command";

/** Why a state that does not know what a shop runs with stays out, and the ways on. */
export const notItsPasswords = (env: EnvironmentName, store: string) =>
  `store ${store} runs with passwords that this state does not hold; nothing is written over them.
Where its stack is in another backend, use that one: pulumi login URL, or PULUMI_BACKEND_URL.
Where that state is lost or too old, or a Secret was changed by hand, keep what the shop runs with: ${storesCommand(`apply ${store} --adopt`, { env })}`;

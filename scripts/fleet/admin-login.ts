import { readNotes } from "../../stores/outside-secrets";
import type { KubeObject } from "../../kube";

/** Where the login of a store's administrator is: the Secret with the password, and the user, who is in that Secret as well where no receipt tells. */
export function adminOf(receipt: KubeObject | undefined, engine: string): { secret: string; username?: string } {
  const { outsideSecrets, adminUsername } = receipt?.data ?? {};
  return { secret: readNotes(outsideSecrets).admin?.name ?? `${engine}-admin`, username: adminUsername };
}

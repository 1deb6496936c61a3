import { readControlPlane } from "../config/control-plane";
import { UserError } from "../config/errors";
import type { EnvironmentName } from "../config/names";
import { storesCommand } from "../config/stores-command";
import { apiAccount } from "./control";
import type { PartName } from "./part-name";

/** Throws where the control plane is to run as accounts that are not there. */
export async function requireAccounts(env: EnvironmentName, find: (part: PartName) => Promise<object | undefined>): Promise<void> {
  if (!readControlPlane(env) || (await find({ apiVersion: "v1", ...apiAccount }))) return;
  const { kind, namespace, name } = apiAccount;
  throw new UserError(
    `the control plane is to run as ${kind} ${namespace}/${name}, which is not there`,
    `Once the environment is up without it, an administrator makes the accounts: ${storesCommand("rbac --control-plane", { env })} | kubectl apply -f -`,
  );
}
